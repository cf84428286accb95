import { columnsUsedBy } from './columns.js';
import { whyReserved } from './reserved-names.js';
import type { Policy, Step } from './types.js';
import { rulesOf } from './visit.js';

const snakeCase = /^[a-z][a-z0-9]*(_[a-z0-9]+)*$/;
const upperCase = /^[A-Z][A-Z0-9_]*$/;

/** REASON of the run log and of the backup tables is 40 characters wide; a policy's name ends the names of objects. */
const longestName = 40;

/** Names that a database could not hold, or that would clash with others. */
export function nameMistakes(policy: Policy): readonly string[] {
  const { parameters, cutOffs, steps } = policy;
  const reasons = steps.flatMap(({ reasons: own, followers = [] }) => [...own, ...followers]);
  return [
    ...nameMistake('the policy', policy.name),
    ...reasons.flatMap(({ name }) => nameMistake('reason', name)),
    ...parameters.flatMap(({ name }) => variableMistakes('parameter', name)),
    ...cutOffs.flatMap(({ name }) => variableMistakes('cut-off', name)),
    ...cutOffs.flatMap(({ name }) =>
      name.endsWith('cut_off') ? [] : [`the name of cut-off "${name}" does not end with cut_off`],
    ),
    ...parameters.flatMap(({ name }) =>
      /cut_off(_ms|_ns|_s)?$/.test(name) ? [`parameter "${name}" is named like a cut-off`] : [],
    ),
    ...twice([...parameters, ...cutOffs].map(({ name }) => name)).map(
      (name) => `"${name}" names more than one parameter or cut-off`,
    ),
    ...[...new Set(steps.flatMap(liveNames))].flatMap((name) =>
      upperCase.test(name) ? [] : [`"${name}" is no name of a table or column in upper case`],
    ),
  ];
}

/** Values that stand more than once in a list, each once. */
export const twice = <Value>(values: readonly Value[]): readonly Value[] => [
  ...new Set(values.filter((value, at) => values.indexOf(value) !== at)),
];

function nameMistake(what: string, name: string): readonly string[] {
  if (!snakeCase.test(name)) return [`the name of ${what} "${name}" is not in snake_case`];
  return name.length <= longestName
    ? []
    : [`the name of ${what} "${name}" has ${name.length} characters, and at most ${longestName} are possible`];
}

function variableMistakes(what: string, name: string): readonly string[] {
  const mistakes = nameMistake(what, name);
  if (mistakes.length > 0) return mistakes;
  // Words that SQL reserves, and the variables of the procedures, are mostly single words.
  if (name !== 'cut_off' && !name.includes('_')) {
    return [`the name of ${what} "${name}" is a single word; two at least are needed, such as ${name}_hours`];
  }
  const why = whyReserved(name);
  return why === undefined ? [] : [`the name of ${what} "${name}" ${why}`];
}

/** Names of tables and columns that a step is about. */
const liveNames = (step: Step): readonly string[] => [
  step.table,
  ...columnsUsedBy(step).flatMap(({ table, column }) => [table, column]),
  ...(step.followers ?? []).flatMap(({ table }) => [table]),
  ...(step.children ?? []),
  ...rulesOf(step).flatMap(([rule]) => {
    if (rule.kind === 'noRow' || rule.kind === 'someRow') return [rule.table];
    return rule.kind === 'hasColumn' ? [rule.column] : [];
  }),
];
