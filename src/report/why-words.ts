import type { FoundRow } from '../operate/why/why.js';
import { describeRule, type Spelling } from '../policy/describe.js';
import { noMoment, type Value } from '../policy/evaluate.js';
import type { Predicate } from '../policy/types.js';
import { everyPart } from '../policy/visit.js';
import { findColumn, findTable } from '../schema/find.js';
import type { Schema } from '../schema/types.js';

/** Names as the live schema spells them. */
export const spellingOf = (schema: Schema): Spelling => ({
  table: (name) => findTable(schema, name)?.name ?? name,
  column: (table, name) => {
    const live = findTable(schema, table);
    return (live && findColumn(live, name)?.name) ?? name;
  },
});

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

/** What a row does not fulfil, and how it is instead. */
export function unmetInWords(part: Predicate, found: FoundRow): string {
  const { step, cleanup, row, settings } = found;
  const words = describeRule(part, step.rule.table, spellingOf(cleanup.plan.schema));
  const instead = insteadOf(part, found, shownValues(found));
  return instead === '' ? words : `${words} (${instead})`;

  function insteadOf(rule: Predicate, of: FoundRow, shown: Readonly<Record<string, string>>): string {
    switch (rule.kind) {
      case 'noRow':
        return 'there is one';
      case 'someRow':
        return 'there is none';
      case 'superseded':
        return 'it is the newest';
      case 'alone':
        return 'others are left';
      case 'sighted':
        return 'not yet';
      case 'enabled':
        return `it is ${settings[rule.parameter] ?? 'no'}`;
      default: {
        const columns = everyPart(rule, step.rule.table).flatMap(([one, table]) =>
          table !== step.rule.table
            ? []
            : 'column' in one
              ? [one.column]
              : one.kind === 'periodOver'
                ? [one.stamp, one.period]
                : one.kind === 'outlives'
                  ? [one.stamp]
                  : [],
        );
        const values = [...new Set(columns)].flatMap((name) => {
          const live = findColumn(of.step.table, name)?.name ?? name;
          if (shown[live] !== undefined) return [`${live} is ${shown[live]}`];
          return (row[name] ?? null) === null ? [`${live} is NULL`] : [];
        });
        return values.join(', ');
      }
    }
  }
}
