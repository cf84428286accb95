import type { Value } from './rows.js';
import { microsecondsPerMillisecond, parseStamp } from './stamps.js';

/** What the product itself asks of a row when it reads it, by true moments. What it cannot read counts as alive here. */

/** Validities, milliseconds, from which on the product never lets anything expire. */
const neverMilliseconds = 99_999_999_999_990n;

/** A validity that began at a moment still runs. */
export function runsOn(since: Value | undefined, milliseconds: Value | undefined, now: bigint): boolean {
  const began = parseStamp(since);
  if (began === undefined || typeof milliseconds !== 'bigint') return true;
  if (milliseconds <= 0n || milliseconds >= neverMilliseconds) return true;
  return began + milliseconds * microsecondsPerMillisecond > now;
}

/** A moment has not come yet. */
export function isToCome(stamp: Value | undefined, now: bigint): boolean {
  const moment = parseStamp(stamp);
  return moment === undefined || moment > now;
}
