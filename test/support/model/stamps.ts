/** Wall-clock stamps as text, and the whole microseconds that the model counts in. No zone anywhere. */

export const microsecondsPerMillisecond = 1_000n;
export const microsecondsPerSecond = 1_000_000n;
export const microsecondsPerMinute = 60n * microsecondsPerSecond;
export const microsecondsPerHour = 60n * microsecondsPerMinute;
export const microsecondsPerDay = 24n * microsecondsPerHour;

const pattern = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}:\d{2})(?:\.(\d{1,6}))?$/;

/**
 * Microseconds since 1970 on the stamp's own wall clock; nothing where the text names no moment: NULL, MySQL's zero
 * date, PostgreSQL's infinity.
 */
export function parseStamp(text: string | bigint | null | undefined): bigint | undefined {
  if (typeof text !== 'string') return undefined;
  const match = pattern.exec(text);
  if (!match) return undefined;
  const [, day, time, fraction = ''] = match;
  const milliseconds = Date.parse(`${day}T${time}Z`);
  if (Number.isNaN(milliseconds)) return undefined;
  return BigInt(milliseconds) * microsecondsPerMillisecond + BigInt(fraction.padEnd(6, '0'));
}

/** The one way in which the tests write a stamp: six digits of a fraction, or none at all where it is zero. */
export function formatStamp(microseconds: bigint): string {
  const fraction = ((microseconds % microsecondsPerSecond) + microsecondsPerSecond) % microsecondsPerSecond;
  const milliseconds = Number((microseconds - fraction) / microsecondsPerMillisecond);
  const whole = new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ');
  return fraction === 0n ? whole : `${whole}.${String(fraction).padStart(6, '0')}`;
}
