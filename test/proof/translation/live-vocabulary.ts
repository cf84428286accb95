import { and, between, no, not, number, type Term, yes } from '../../../src/policy/prove/term.js';
import type { Vocabulary } from '../../../src/policy/prove/vocabulary.js';
import type { On, Policy } from '../../../src/policy/types.js';
import { rulesOf } from '../../../src/policy/visit.js';
import { findColumn, findTable } from '../../../src/schema/find.js';
import type { Schema } from '../../../src/schema/types.js';
import type { Engine } from './meaning/engine.js';
import type { TextValue } from './meaning/value.js';
import type { OwnTables } from './procedure.js';

/**
 * The names of policies, of which a schema and an engine settle what they can: which tables and columns there are, which
 * refuse NULL, which values cannot be read, and how the columns of a rule are compared.
 */
export function liveVocabulary(
  base: Vocabulary,
  schema: Schema,
  own: OwnTables,
  engine: Engine,
  policy: Policy,
): Vocabulary {
  const columnOf = (table: string, column: string) => {
    const found = findTable(schema, table);
    return found && findColumn(found, column);
  };
  const ownColumn = (table: string, column: string) =>
    [...own].find(([name]) => name.toUpperCase() === table)?.[1].get(column.toLowerCase()) ??
    [...own].find(([name]) => name.toUpperCase() === table)?.[1].get(column);
  const isNull: Vocabulary['isNull'] = (table, column, row) =>
    (columnOf(table, column) ?? ownColumn(table, column))?.nullable === false ? no : base.isNull(table, column, row);
  const whatIs = new Map<Term, readonly [string, string]>();
  const howCompared = (table: string, column: string): TextValue['compared'] => {
    const type = columnOf(table, column)?.type ?? ownColumn(table, column)?.type ?? '';
    return /char|text/i.test(type) ? engine.comparedAs(type) : 'exactly';
  };
  const howRulesCompare = comparisonsOf(policy, howCompared, engine.paired ?? alike);
  return {
    ...base,
    isNull,
    isKnown: (table, column, row) => {
      const live = columnOf(table, column);
      if (live === undefined || !engine.canBeUnreadable(live.type)) return not(isNull(table, column, row));
      // Text is read as a number where it is up to 18 digits.
      const isNumber = between(number(0), base.value(table, column, row), number(10n ** 18n - 1n));
      return and(
        not(isNull(table, column, row)),
        base.isKnown(table, column, row),
        live.family === 'text' ? isNumber : yes,
      );
    },
    value: (table, column, row) => {
      const term = base.value(table, column, row);
      whatIs.set(term, [table, column]);
      return term;
    },
    hasTable: (table) => (findTable(schema, table) ? yes : no),
    hasColumn: (table, column) => (columnOf(table, column) ? yes : no),
    image: (name, ...values) => {
      const [value = '', ...more] = values;
      const column = whatIs.get(value);
      if (name !== 'as the collation sees it' || column === undefined || more.length > 0) {
        return base.image(name, ...values);
      }
      const how = howRulesCompare.get(column.join('.')) ?? howCompared(...column);
      return how === 'exactly' ? value : base.image(how === 'padded' ? 'without blanks at the end' : name, value);
    },
  };
}

/** How each column of a policy is compared where it says "as the collation finds it": the other column has a say in it. */
function comparisonsOf(
  { steps }: Policy,
  how: (table: string, column: string) => TextValue['compared'],
  paired: NonNullable<Engine['paired']>,
): ReadonlyMap<string, TextValue['compared']> {
  const found = new Map<string, TextValue['compared']>();
  const pair = (theirTable: string, ourTable: string, on: On): void => {
    for (const [theirs, ours] of on) {
      const [one, other] = paired(how(theirTable, theirs), how(ourTable, ours));
      found.set(`${theirTable}.${theirs}`, one);
      found.set(`${ourTable}.${ours}`, other);
    }
  };
  for (const step of steps) {
    for (const [rule, table] of rulesOf(step)) {
      if (rule.kind === 'noRow' || rule.kind === 'someRow') pair(rule.table, table, rule.on);
      if (rule.kind === 'outlives' && rule.periods.group) pair(rule.periods.table, table, [rule.periods.group]);
    }
    if (step.history)
      pair(
        step.table,
        step.table,
        step.history.of.map((column) => [column, column]),
      );
  }
  return found;
}

/** Both as the one of them is that is not compared to the last character. */
function alike(one: TextValue['compared'], other: TextValue['compared']): ReturnType<NonNullable<Engine['paired']>> {
  const compared = [one, other].find((how) => how !== 'exactly') ?? 'exactly';
  return [compared, compared];
}
