import type { ModelOptions } from './options.js';
import type { Row } from './rows.js';
import { microsecondsPerDay, microsecondsPerHour, microsecondsPerMinute, parseStamp } from './stamps.js';

/** The moments that rows are compared with, microseconds. */
export interface Moments {
  /** Validity periods that ended before it are over. */
  readonly cutOff: bigint;
  /** For stamps of an unknown clock: 24 h cover every zone. */
  readonly dayAgo: bigint;
  readonly auditCutOff: bigint;
}

function required(name: string, stamp: string | undefined): bigint {
  const microseconds = parseStamp(stamp);
  if (microseconds === undefined) throw new Error(`${name} must be a stamp, not ${stamp}`);
  return microseconds;
}

/** The newest TIME_CREATED of any token, held between 14 h ago and now. */
function dataClock(tokens: readonly Row[], utcNow: bigint): bigint {
  let clock = utcNow - 14n * microsecondsPerHour;
  for (const row of tokens) {
    const created = parseStamp(row.TIME_CREATED);
    if (created === undefined) continue;
    if (created > utcNow) return utcNow;
    if (created > clock) clock = created;
  }
  return clock;
}

export function momentsOf(tokens: readonly Row[], options: ModelOptions): Moments {
  const utcNow = required('utcNow', options.utcNow);
  let clock = utcNow;
  if (options.clock === 'data') clock = dataClock(tokens, utcNow);
  if (options.clock === 'server') clock = required('serverNow', options.serverNow);
  return {
    cutOff: clock - BigInt(options.safePeriodMinutes) * microsecondsPerMinute,
    dayAgo: utcNow - microsecondsPerDay,
    auditCutOff: utcNow - BigInt(options.auditRetentionDays) * microsecondsPerDay,
  };
}
