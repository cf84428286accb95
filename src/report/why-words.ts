import type { FoundRow } from '../operate/why/why.js';
import { spellingOf } from '../plan/reasons.js';
import { describeRule } from '../policy/describe.js';
import { noMoment, type Value } from '../policy/evaluate.js';
import type { Unmet } from '../policy/moments.js';
import type { Predicate } from '../policy/types.js';
import { everyPart } from '../policy/visit.js';
import { findColumn, findTable } from '../schema/find.js';

/** Microseconds since 1970 as ISO 8601 in UTC; undefined if no calendar goes so far. */
export function utcOfMicroseconds(microseconds: bigint): string | undefined {
  const milliseconds = Number(microseconds / 1000n);
  // The year 9999, after which no database has any time.
  if (Math.abs(milliseconds) > 253_402_300_799_000) return undefined;
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, 'Z');
}

/**
 * The values of a row that may be shown, by their live names: numbers, times, and words that a rule knows. A text that names
 * something may be a secret, and is never shown.
 */
export function shownValues({ row, step, cleanup }: FoundRow): Readonly<Record<string, string>> {
  const { table, rule } = step;
  const parts = [
    ...(rule.guard === undefined ? [] : everyPart(rule.guard, rule.table)),
    ...rule.reasons.flatMap(({ when }) => everyPart(when, rule.table)),
  ];
  const words = parts.flatMap(([part, of]) =>
    (part.kind === 'oneOf' || part.kind === 'listed') && findTable(cleanup.plan.schema, of) === table
      ? [part.column]
      : [],
  );
  const epochs = parts.flatMap(([part]) => (part.kind === 'epochBefore' ? [[part.column, part.unit] as const] : []));
  const shown = Object.entries(row).flatMap(([name, value]): readonly (readonly [string, string])[] => {
    const live = findColumn(table, name);
    if (live === undefined || (live.family === 'text' && !words.includes(name))) return [];
    if (live.family === 'timestamp') return [[live.name, momentInWords(value)]];
    if (live.family !== 'integer' && live.family !== 'text') return [];
    const unit = epochs.find(([column]) => column === name)?.[1];
    return [[live.name, value === null ? 'NULL' : `${value}${unit === undefined ? '' : epochInWords(value, unit)}`]];
  });
  return Object.fromEntries(shown);
}

function momentInWords(value: Value): string {
  if (value === null) return 'NULL';
  if (value === noMoment || typeof value !== 'bigint') return 'no moment';
  return utcOfMicroseconds(value)?.replace('T', ' ').replace('Z', '') ?? 'beyond all times';
}

function epochInWords(value: Value, unit: 'milliseconds' | 'nanoseconds'): string {
  if (typeof value !== 'bigint' || value <= 0n) return '';
  const moment = utcOfMicroseconds(unit === 'nanoseconds' ? value / 1000n : value * 1000n);
  return moment === undefined ? '' : ` (${moment.replace('T', ' ').replace('Z', ' UTC')})`;
}

/** What a row does not fulfil, and how it is instead, or when it will. */
export function unmetInWords({ part, from }: Unmet, found: FoundRow): string {
  const { step, cleanup, moment } = found;
  const words = describeRule(part, step.rule.table, spellingOf(cleanup.plan.schema));
  const at = from === undefined ? undefined : utcOfMicroseconds(moment.now + from);
  const instead = at === undefined ? insteadOf(part, found) : `from ${at.replace('T', ' ').replace('Z', ' UTC')} on`;
  return instead === '' ? words : `${words} (${instead})`;
}

function insteadOf(part: Predicate, { step, row, settings }: FoundRow): string {
  switch (part.kind) {
    case 'noRow':
      return 'there is one';
    case 'someRow':
      return 'there is none';
    case 'superseded':
      return 'it is the newest';
    case 'alone':
      return 'others are left';
    case 'sighted':
      return 'none did';
    case 'enabled':
      return `it is ${settings[part.parameter] ?? 'no'}`;
    case 'oneOf':
    case 'listed':
      return `it is ${row[part.column] ?? 'NULL'}`;
    default: {
      const isNull = everyPart(part, step.rule.table).flatMap(([one, table]) =>
        table === step.rule.table ? columnsOf(one).filter((name) => (row[name] ?? null) === null) : [],
      );
      return [...new Set(isNull)].map((name) => `${findColumn(step.table, name)?.name ?? name} is NULL`).join(', ');
    }
  }
}

function columnsOf(rule: Predicate): readonly string[] {
  if (rule.kind === 'isNull' || rule.kind === 'isNotNull') return [];
  if ('column' in rule) return [rule.column];
  return rule.kind === 'periodOver' ? [rule.stamp, rule.period] : rule.kind === 'outlives' ? [rule.stamp] : [];
}
