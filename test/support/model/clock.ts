import type { ModelOptions } from './options.js';
import { microsecondsPerDay, microsecondsPerHour, microsecondsPerMinute, parseStamp } from './stamps.js';

/** The moments that rows are compared with, microseconds. */
export interface Moments {
  /** Validity periods that ended before it are over. */
  readonly cutOff: bigint;
  /** A day of grace. */
  readonly dayAgo: bigint;
  readonly auditCutOff: bigint;
}

export function momentsOf(options: ModelOptions): Moments {
  const utcNow = parseStamp(options.utcNow);
  if (utcNow === undefined) throw new Error(`utcNow must be a stamp, not ${options.utcNow}`);
  // Nobody knows whose clock wrote a stamp: it may lie so far behind.
  const surely = utcNow - BigInt(options.clockUncertaintyHours) * microsecondsPerHour;
  return {
    cutOff: surely - BigInt(options.safePeriodMinutes) * microsecondsPerMinute,
    dayAgo: surely - microsecondsPerDay,
    auditCutOff: surely - BigInt(options.auditRetentionDays) * microsecondsPerDay,
  };
}
