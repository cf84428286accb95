import type { Plan } from '../../../../src/plan/types.js';
import { databaseNow } from '../../../../src/policy/prove/cut-off.js';
import { no, type Term, yes } from '../../../../src/policy/prove/term.js';
import type { Truth } from '../../../../src/policy/prove/truth.js';
import type { Vocabulary } from '../../../../src/policy/prove/vocabulary.js';
import { findColumn, findTable } from '../../../../src/schema/find.js';
import { must, NotUnderstood } from '../only.js';
import type { OwnTables } from '../procedure.js';
import type { Engine } from './engine.js';
import { either, isOfRow, type TextValue, type Value, whole } from './value.js';

/** What printed SQL and a policy are both about: one schema on one engine, and the names that the solver knows. */
export interface World {
  readonly vocabulary: Vocabulary;
  readonly engine: Engine;
  readonly now: Term;
  /** What is known besides, and what must be shown for the translation to be right. */
  readonly facts: Term[];
  readonly duties: Term[];
  hasTable(table: string): boolean;
  columnNames(table: string): readonly string[];
  column(table: string, column: string, row: Term): Value;
  /** The text of a setting, NULL if it has no row. */
  setting(name: string): TextValue;
  /** The same, or a preset. */
  settingOr(name: string, preset: string): TextValue;
  /** A setting of whole numbers, as it counts. */
  numberOf(name: string, preset: bigint): Value;
  /** A text as it is compared. */
  seenAs(how: TextValue['compared'], text: Term): Term;
  /** Nothing is said of it: it may be so or not. */
  leftOpen(what: string, value: Value): Truth;
}

/** The engine's own comparison, by the name that policies give it as well. */
const images = { padded: 'without blanks at the end', 'by collation': 'as the collation sees it' } as const;

export function makeWorld(plan: Plan, own: OwnTables, engine: Engine, vocabulary: Vocabulary): World {
  const upper = (name: string): string => name.toUpperCase();
  const ownTable = (name: string) => [...own].find(([table]) => upper(table) === upper(name))?.[1];
  let open = 0;
  const world: World = {
    vocabulary,
    engine,
    now: databaseNow(vocabulary),
    facts: [],
    duties: [],
    hasTable: (table) => findTable(plan.schema, table) !== undefined || ownTable(table) !== undefined,
    columnNames: (table) =>
      findTable(plan.schema, table)?.columns.map(({ name }) => name) ?? [...(ownTable(table)?.keys() ?? [])],
    column: (table, name, row) => {
      const live = findTable(plan.schema, table);
      const hidden = engine.hiddenColumn(name);
      if (hidden) return whole(vocabulary.value(upper(table), hidden, row));
      if (live) {
        const column = must(findColumn(live, name), `a column ${table}.${name}`);
        return engine.column(upper(table), upper(name), column.type, row, world);
      }
      const { type } = must(
        [...must(ownTable(table), `a table ${table}`)].find(([column]) => upper(column) === upper(name))?.[1],
        `a column ${table}.${name}`,
      );
      return engine.column(upper(table), upper(name), type, row, world);
    },
    setting: (name) => ({
      kind: 'text',
      isNull: vocabulary.fact(`${name} has no row`),
      of: vocabulary.quantity(`text of ${name}`),
      compared: 'exactly',
    }),
    settingOr: (name, preset) => {
      const { isNull, of, ...text } = world.setting(name);
      return { ...text, isNull: no, of: either(isNull, vocabulary.text(preset), of), setting: { name, preset } };
    },
    numberOf: (name, preset) => {
      const parameter = must(
        plan.parameters.find((one) => one.name === name),
        `a parameter ${name}`,
      );
      // One that a missing row makes another number is another setting.
      return whole(
        vocabulary.quantity(String(parameter.default) === String(preset) ? name : `${name}, else ${preset}`),
      );
    },
    seenAs: (how, text) => (how === 'exactly' ? text : vocabulary.image(images[how], text)),
    leftOpen: (what, value) => {
      if (value.kind !== 'number' || isOfRow(value.of)) throw new NotUnderstood(what, value);
      open += 1;
      const fact = vocabulary.fact(`${what} ${open}`);
      return { holds: fact, fails: fact === yes ? no : `(not ${fact})` };
    },
  };
  return world;
}
