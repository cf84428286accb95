import { databaseNow } from '../policy/prove/cut-off.js';
import { compilePolicy, isDead } from '../policy/prove/step.js';
import { between, not, number, or, same, type Term } from '../policy/prove/term.js';
import { makeVocabulary, type Vocabulary } from '../policy/prove/vocabulary.js';
import { kindsOf } from '../policy/solver/kinds.js';
import { counterexampleTo } from '../policy/solver/solver.js';
import type { Policy } from '../policy/types.js';
import { isSame } from './canonical.js';
import type { SignedCleanup } from './statement.js';

/** What the solver says of two rules about a table, at all values at once. */
export interface SolvedTable {
  readonly table: string;
  /** A row that only the new rule deletes; `none`: there is no such row, whatever its values. */
  readonly diesNow: Solved;
  /** A row that only the signed rule deletes. */
  readonly livesNow: Solved;
  /** The settings have the values that both begin with; else they may have any. */
  readonly atFirstValues: boolean;
}

export type Solved = { readonly example: string } | 'none' | 'not known';

/** Asks the solver which kind of row two versions of a cleanup do not agree about; only of tables whose rule has changed. */
export async function solveDifferences(old: SignedCleanup, now: SignedCleanup): Promise<readonly SolvedTable[]> {
  const key = (table: string): string => table.toUpperCase();
  const tables = new Set([...old.rules.steps, ...now.rules.steps].map(({ table }) => key(table)));
  const stepsOf = (rules: Policy, table: string) => rules.steps.filter((step) => key(step.table) === table);
  const isSameElsewhere = isSame(old.rules.cutOffs, now.rules.cutOffs);
  const atFirstValues = isSameElsewhere && isSame(old.rules.steps, now.rules.steps);
  // To the solver a list is any list, and the same in both.
  if (atFirstValues && (isSame(deciding(old), deciding(now)) || !isSame(lists(old), lists(now)))) return [];
  const solved: SolvedTable[] = [];
  for (const table of tables) {
    const isSameRule = isSame(stepsOf(old.rules, table), stepsOf(now.rules, table));
    if (isSameRule && isSameElsewhere && !atFirstValues) continue;
    solved.push({
      table,
      diesNow: await rowOnlyOf(now, old, table, atFirstValues),
      livesNow: await rowOnlyOf(old, now, table, atFirstValues),
      atFirstValues,
    });
  }
  return solved;
}

/** First values of the settings that decide. */
const deciding = ({ rules, settings }: SignedCleanup) =>
  Object.fromEntries(rules.parameters.map(({ name }) => [name, settings[name] ?? '']));

const lists = ({ rules, settings }: SignedCleanup) =>
  rules.parameters.flatMap(({ kind, name }) => (kind === 'list' ? [settings[name] ?? ''] : []));

/** A row that the one deletes and the other does not. */
async function rowOnlyOf(
  one: SignedCleanup,
  other: SignedCleanup,
  table: string,
  atFirstValues: boolean,
): Promise<Solved> {
  const vocabulary = makeVocabulary();
  const row = vocabulary.row(table, `the row of ${table}`);
  const sides = [one, other].map((side, at) => {
    const world = atFirstValues && at === 1 ? ' (the other)' : '';
    const sight = compilePolicy(side.rules, vocabulary, world);
    const steps = side.rules.steps.filter((step) => step.table.toUpperCase() === table);
    return {
      facts: [...sight.facts, ...(atFirstValues ? firstValues(side, vocabulary, world) : [])],
      dead: or(...steps.map((step) => isDead({ ...step, table }, row, sight))),
    };
  });
  const kinds = kindsOf({ ...one.rules, steps: [...one.rules.steps, ...other.rules.steps] });
  const claim = {
    vocabulary,
    assumptions: [...sides.flatMap(({ facts }) => facts), vocabulary.isThere(table, row), sides[0]?.dead ?? 'false'],
    conclusion: sides[1]?.dead ?? 'false',
  };
  const instants = vocabulary
    .columns()
    .filter((column) => column.table === table && kinds.get(`${table}.${column.column}`) === 'timestamp')
    .map(({ column }) => between(year(2020), vocabulary.value(table, column, row), year(2030)));
  const legible = [between(year(2026), databaseNow(vocabulary), year(2030)), ...instants];
  try {
    const example = await counterexampleTo(claim, kinds, legible);
    return example === undefined ? 'none' : { example };
  } catch (error) {
    if (error instanceof Error && /cannot tell/.test(error.message)) return 'not known';
    throw error;
  }
}

const firstValues = ({ rules, settings }: SignedCleanup, vocabulary: Vocabulary, world: string): readonly Term[] =>
  rules.parameters.flatMap((parameter) => {
    const value = settings[parameter.name];
    if (value === undefined) return [];
    if (parameter.kind === 'number') {
      return [same(vocabulary.quantity(`${parameter.name}${world}`), number(BigInt(value)))];
    }
    const isOn = vocabulary.fact(`${parameter.name} is yes${world}`);
    return parameter.kind === 'word' ? [value === 'yes' ? isOn : not(isOn)] : [];
  });

const year = (of: number): Term => number(BigInt(Date.UTC(of, 0)) * 1000n);
