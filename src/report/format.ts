/** Numbers and times as people read them; the same on every machine, whatever its locale. */

/** `1,234,567` */
export const count = (value: number): string => String(Math.round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, ',');

/** `1 row`, `2 rows` */
export const plural = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

/** `450 ms`, `12.3 s`, `4 min 05 s`, `3 h 07 min` */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  const minutes = Math.floor(seconds / 60);
  const two = (value: number): string => String(value).padStart(2, '0');
  return minutes < 60
    ? `${minutes} min ${two(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
}

/** `950`, `12,300`, `1.2 million`: as exact as an estimate may look. */
export function about(value: number): string {
  if (value < 10) return String(Number(value.toFixed(1)));
  if (value < 999_500) return count(Number(value.toPrecision(2)));
  const million = value / 1e6;
  return `${million < 10 ? Number(million.toFixed(1)) : count(million)} million`;
}

/** `0 bytes`, `12.3 KB`, `450 MB`, `1.2 TB`: thousands of thousands, as disks are sold. */
export function bytes(value: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB', 'PB'];
  let [rest, unit] = [value, 0];
  // What would be rounded up to a thousand is one of the next unit.
  while (rest >= 999.5 && unit < units.length - 1) [rest, unit] = [rest / 1000, unit + 1];
  return `${unit === 0 || rest >= 99.95 ? Math.round(rest) : Number(rest.toFixed(1))} ${units[unit]}`;
}

/** `2026-01-31 13:45:00` of an ISO stamp, without its fraction and zone. */
export const moment = (stamp: string | undefined): string => (stamp ?? '').slice(0, 19).replace('T', ' ');

/** `9 March 2027` of an ISO stamp: a day as it stands in a sentence. */
export function dayInWords(stamp: string): string {
  const [year = '', month, day] = stamp.slice(0, 10).split('-').map(Number);
  return `${day} ${months[Number(month) - 1]} ${year}`;
}

const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
];

/** Which cleanups have nothing to do in a schema. */
export const absentLine = (absent: readonly { readonly policy: string }[]): string =>
  `not for this schema, which has none of their tables: ${absent.map(({ policy }) => policy).join(', ')}`;

/** Milliseconds between two stamps of the log. */
export const between = (from: string, upto: string): number => Date.parse(upto) - Date.parse(from);
