import { about, bytes, dayInWords } from './format.js';
import type { History } from './history.js';
import type { Cell } from './report.js';

const dayMs = 86_400_000;
const daysOfMonth = 30;

/** A forecast beyond this says nothing. */
const farDays = 3650;

/** What is to be expected without cleaning and with it, in sentences that say what each estimate rests on. */
export function forecastWords(history: History): readonly (string | Cell)[] {
  const { missing, behind, unsized } = history.forecast;
  return [
    ...withoutCleaning(history),
    ...withCleaning(history),
    ...behind.map((procedure) => ({
      text: `The latest run of ${procedure} did not come to its end: rows that were dead then are still there.`,
      tone: 'warn' as const,
    })),
    ...(unsized.length === 0
      ? []
      : [`The server does not know how long the rows of ${unsized.join(', ')} are: their bytes are not counted here.`]),
    ...missing.map(({ procedure, why }) => ({ text: `No forecast for ${procedure}: ${why}.`, tone: 'quiet' as const })),
  ];
}

function withoutCleaning(history: History): readonly (string | Cell)[] {
  const { rowsPerDay, bytesPerDay, diskFreeBytes, isHigh } = history.forecast;
  if (rowsPerDay === undefined) return [];
  if (bytesPerDay === undefined)
    return [`Without cleaning, about ${about(rowsPerDay)} dead rows would be added a day.`];
  const month = bytes(bytesPerDay * daysOfMonth);
  const how = isHigh
    ? 'by the pages of the tables and the rows they held before the largest run, so it is too much if earlier deletes left them half empty; indexes are not counted'
    : 'indexes are not counted, so it is rather more';
  const full = fullOn(history);
  return [
    `Without cleaning, about ${about(rowsPerDay)} dead rows would be added a day, ${month} a month (estimate: ${how}).`,
    ...(diskFreeBytes === undefined || bytesPerDay === 0
      ? []
      : [
          full === undefined
            ? `Without cleaning, dead rows alone would not fill the ${bytes(diskFreeBytes)} that are free within ten years (estimate).`
            : {
                text: `Without cleaning, dead rows alone would fill the ${bytes(diskFreeBytes)} that are free by about ${full} (estimate).`,
                tone: 'strong' as const,
              },
        ]),
  ];
}

/** The day on which dead rows would have filled the disk, if that is near enough to be said. */
export function fullOn({ now, forecast: { daysUntilFull } }: History): string | undefined {
  if (daysUntilFull === undefined || daysUntilFull > farDays) return undefined;
  return dayInWords(new Date(Date.parse(now) + daysUntilFull * dayMs).toISOString());
}

function withCleaning({ forecast: { peakBytes } }: History): readonly string[] {
  if (peakBytes === undefined) return [];
  return [
    `With it, they take about ${bytes(peakBytes)} at most, as much as came together in the longest time between two complete runs (estimate): new rows use the space of those that were deleted.`,
    'Rows that live grow with the product, with cleaning and without it; the run log says nothing of them.',
  ];
}
