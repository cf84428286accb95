import { twice } from './check-names.js';
import { type Policy, type Step, supersededReason } from './types.js';

/** Steps without content, and tables of which two steps would count or judge the same thing twice. */
export function tableMistakes({ steps }: Policy): readonly string[] {
  const counted = steps.flatMap(({ table, reasons }) => reasons.map(({ name }) => `${table} by reason "${name}"`));
  return [
    ...(steps.length === 0 ? ['it has no step'] : []),
    ...steps.flatMap(stepMistakes),
    ...twice(counted).map((what) => `it deletes from ${what} more than once`),
    ...sameRules(steps),
    ...steps.flatMap((step) => followerMistakes(step, steps)),
  ];
}

function stepMistakes({ table, reasons, history, followers, children = [] }: Step): readonly string[] {
  return [
    ...(children.includes(table) ? [`${table} is named as its own child`] : []),
    ...twice(children).map((child) => `${child} is named twice as a child of ${table}`),
    ...(reasons.length === 0 ? [`its step for ${table} has no reason`] : []),
    ...(history !== undefined && history.of.length === 0 ? [`the history of ${table} names no columns`] : []),
    ...(followers !== undefined && followers.length === 0
      ? [`its step for ${table} has an empty list of followers`]
      : []),
    ...(history !== undefined && reasons.some(({ name }) => name === supersededReason.name)
      ? [`${table} has a history, whose rows are counted as "${supersededReason.name}", and a reason of that name`]
      : []),
  ];
}

/** The same table may be cleaned in two steps only if these differ in what they delete. */
function sameRules(steps: readonly Step[]): readonly string[] {
  const rules = steps.flatMap(({ table, guard, reasons }) =>
    reasons.map(({ name, when }) => ({ table, name, text: JSON.stringify([table, guard, when]) })),
  );
  return twice(rules.map(({ text }) => text)).map((text) => {
    const same = rules.filter((rule) => rule.text === text);
    return `reasons ${same.map(({ name }) => `"${name}"`).join(' and ')} of ${same[0]?.table} have the same rule`;
  });
}

function followerMistakes({ table, followers = [] }: Step, steps: readonly Step[]): readonly string[] {
  return followers.flatMap((follower) => [
    ...(follower.on.length === 0 ? [`follower ${follower.table} of ${table} names no columns`] : []),
    ...(follower.table === table ? [`${table} follows itself`] : []),
    ...(steps.some((step) => step.table === follower.table && step.reasons.some(({ name }) => name === follower.name))
      ? [`${follower.table} is counted by reason "${follower.name}" both as a follower and as a table of its own`]
      : []),
  ]);
}
