import { describeRule } from '../policy/describe.js';
import type { CutOff, Parameter, Predicate, Reason, Step } from '../policy/types.js';
import { isSame } from './canonical.js';
import type { SignedCleanup, Statement } from './statement.js';

/** What a change does: `more` rows may be dead, `fewer` are, `unclear`: either, `same` rows are, and something else changes. */
export type Effect = 'more' | 'fewer' | 'unclear' | 'same';

/** What has changed in the meaning of what is installed, as a sentence. */
export interface Change {
  readonly cleanup: string;
  /** The table whose rows it is about, if it is about rows. */
  readonly table?: string;
  readonly effect: Effect;
  readonly words: string;
}

/** What is different in meaning between what was signed and what is there now; of the cleanups that both know, or either. */
export function changesBetween(signed: Statement, now: Pick<Statement, 'cleanups'>): readonly Change[] {
  const before = new Map(signed.cleanups.map((one) => [one.rules.name, one]));
  const after = new Map(now.cleanups.map((one) => [one.rules.name, one]));
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name) => {
    const [old, one] = [before.get(name), after.get(name)];
    if (old === undefined && one !== undefined) return whole(one, 'more', 'is new: it now also deletes');
    if (one === undefined && old !== undefined) return whole(old, 'fewer', 'is gone: it no longer deletes');
    return old === undefined || one === undefined ? [] : changesOf(old, one);
  });
}

const whole = ({ procedure, rules }: SignedCleanup, effect: Effect, words: string): readonly Change[] => [
  { cleanup: rules.name, effect, words: `${procedure} ${words} ${rules.title}` },
];

function changesOf(old: SignedCleanup, now: SignedCleanup): readonly Change[] {
  const cleanup = now.rules.name;
  const other = (words: string): Change => ({ cleanup, effect: 'same', words });
  return [
    ...stepChanges(old, now),
    ...cutOffChanges(old.rules.cutOffs, now.rules.cutOffs, cleanup),
    ...settingChanges(old, now),
    ...added(old.losesRows, now.losesRows).map((table) => ({
      cleanup,
      table,
      effect: 'more' as const,
      words: `rows of ${table} may now go as well`,
    })),
    ...added(now.losesRows, old.losesRows).map((table) => ({
      cleanup,
      table,
      effect: 'fewer' as const,
      words: `no row of ${table} goes any more`,
    })),
    ...(old.procedure === now.procedure ? [] : [other(`${old.procedure} is called ${now.procedure}`)]),
    ...(old.backup === now.backup
      ? []
      : [other(`of deleted rows, ${kept[now.backup] ?? now.backup}; before, ${kept[old.backup] ?? old.backup}`)]),
  ];
}

const kept: Readonly<Record<string, string>> = {
  'deleted-rows': 'all is kept and can be restored',
  audit: 'only what is no secret is kept, and nothing can be restored',
  none: 'nothing is kept',
};

const added = (before: readonly string[], after: readonly string[]): readonly string[] =>
  after.filter((one) => !before.some((other) => other.toLowerCase() === one.toLowerCase()));

/** A reason with the step that it stands in: a table may have several, and a reason of one counts once. */
interface Placed {
  readonly reason: Reason;
  readonly step: Step;
}

function stepChanges(old: SignedCleanup, now: SignedCleanup): readonly Change[] {
  const placed = ({ rules }: SignedCleanup) =>
    new Map(
      rules.steps.flatMap((step) =>
        step.reasons.map((reason): [string, Placed] => [`${step.table} ${reason.name}`, { reason, step }]),
      ),
    );
  const [before, after] = [placed(old), placed(now)];
  const changes = [...new Set([...before.keys(), ...after.keys()])].flatMap((key): readonly Change[] => {
    const [one, other] = [before.get(key), after.get(key)];
    const table = other?.step.table ?? one?.step.table ?? '';
    return reasonChanges(one, other, table).map((said) => ({ cleanup: now.rules.name, table, ...said }));
  });
  // What is said of a table is said once, whatever the number of its reasons.
  return [...new Map(changes.map((change) => [change.words, change])).values()];
}

type Said = Pick<Change, 'effect' | 'words'>;

function reasonChanges(old: Placed | undefined, now: Placed | undefined, table: string): readonly Said[] {
  if (now === undefined)
    return old === undefined ? [] : [{ effect: 'fewer', words: `no longer deletes ${named(old)}` }];
  if (old === undefined) return [{ effect: 'more', words: `now also deletes ${named(now)}` }];
  return [
    ...ruleChanges(old.reason.when, now.reason.when, table).map(({ effect, words }) => ({
      effect,
      words: `rows of ${table} that are ${now.reason.name}: ${words}`,
    })),
    ...ruleChanges(old.step.guard ?? always, now.step.guard ?? always, table).map(({ effect, words }) => ({
      effect,
      words: `any row of ${table}: ${words}`,
    })),
    ...remainder(old.step, now.step).map((words) => ({ effect: 'unclear' as const, words })),
  ];
}

function named({ reason: { name, meaning, when }, step: { table, guard } }: Placed): string {
  const besides = guard === undefined ? '' : `; and ${inWords(guard, table)}`;
  return `rows of ${table} as ${name} (${meaning}): ${inWords(when, table)}${besides}`;
}

const always: Predicate = { kind: 'all', of: [] };

/** The conditions of which a rule is made that all must hold. */
const conjuncts = (rule: Predicate): readonly Predicate[] =>
  rule.kind === 'all' ? rule.of.flatMap(conjuncts) : [rule];
/** The alternatives of which one must hold. */
const alternatives = (rule: Predicate): readonly Predicate[] =>
  rule.kind === 'any' ? rule.of.flatMap(alternatives) : [rule];

/** What a rule asks for, and what it does not ask for any more. */
function ruleChanges(old: Predicate, now: Predicate, table: string): readonly Said[] {
  if (isSame(old, now)) return [];
  if (old.kind === 'oneOf' && now.kind === 'oneOf' && old.column === now.column) return wordChanges(old, now, table);
  if (old.kind === 'any' || now.kind === 'any') return anyChanges(alternatives(old), alternatives(now), table);
  const [gone, come] = apart(conjuncts(old), conjuncts(now));
  const [one, other] = [gone[0], come[0]];
  const isLeaf = conjuncts(old).length === 1 && conjuncts(now).length === 1;
  // One condition took the place of another: what is different within it.
  if (!isLeaf && gone.length === 1 && come.length === 1 && one !== undefined && other !== undefined) {
    return ruleChanges(one, other, table);
  }
  if (isLeaf && one !== undefined && other !== undefined) {
    return [{ effect: 'unclear', words: `was: ${inWords(one, table)}; is now: ${inWords(other, table)}` }];
  }
  return [
    ...gone.map((part): Said => ({ effect: 'more', words: `need no longer be such that ${inWords(part, table)}` })),
    ...come.map((part): Said => ({ effect: 'fewer', words: `must now also be such that ${inWords(part, table)}` })),
  ];
}

function anyChanges(old: readonly Predicate[], now: readonly Predicate[], table: string): readonly Said[] {
  const [gone, come] = apart(old, now);
  const [one, other] = [gone[0], come[0]];
  if (gone.length === 1 && come.length === 1 && one !== undefined && other !== undefined && old.length > 1) {
    return ruleChanges(one, other, table);
  }
  return [
    ...come.map((part): Said => ({ effect: 'more', words: `now also those for which ${inWords(part, table)}` })),
    ...gone.map((part): Said => ({ effect: 'fewer', words: `no longer those for which ${inWords(part, table)}` })),
  ];
}

function wordChanges(
  old: Extract<Predicate, { kind: 'oneOf' }>,
  now: Extract<Predicate, { kind: 'oneOf' }>,
  table: string,
): readonly Said[] {
  const only = (words: readonly string[], than: readonly string[]): readonly string[] =>
    words.filter((word) => !than.includes(word));
  const say = (words: readonly string[]): string => inWords({ ...now, words }, table);
  const [come, gone] = [only(now.words, old.words), only(old.words, now.words)];
  return [
    ...(come.length === 0 ? [] : [{ effect: 'more' as const, words: `now also those for which ${say(come)}` }]),
    ...(gone.length === 0 ? [] : [{ effect: 'fewer' as const, words: `no longer those for which ${say(gone)}` }]),
    ...(come.length + gone.length > 0 ? [] : [{ effect: 'same' as const, words: 'the same words in another order' }]),
  ];
}

/** What only the one has, and what only the other has. */
function apart<One>(old: readonly One[], now: readonly One[]): readonly [readonly One[], readonly One[]] {
  return [
    old.filter((one) => !now.some((other) => isSame(one, other))),
    now.filter((one) => !old.some((other) => isSame(one, other))),
  ];
}

/** What of a step is no guard and no reason's rule. */
function remainder(old: Step, now: Step): readonly string[] {
  const { table } = now;
  const rest = ({ guard: _, reasons: __, ...others }: Step) => others;
  if (isSame(rest(old), rest(now))) return [];
  const words: readonly (readonly [keyof ReturnType<typeof rest>, string])[] = [
    ['history', `which older rows of ${table} go with a dead one`],
    ['followers', `which rows of other tables follow a deleted row of ${table}`],
    ['children', `which of the product's tables refer to ${table}`],
    ['enabledBy', `by which setting ${table} is switched on (${now.enabledBy ?? 'none any more'})`],
    ['unreferenced', `whether rows that refer to a row of ${table} keep it`],
    ['path', `by which path a row of ${table} is named`],
    ['stamp', `by which column the backlog tells the age of a row of ${table}`],
  ];
  return words.flatMap(([key, what]) =>
    isSame(rest(old)[key] ?? null, rest(now)[key] ?? null) ? [] : [`changed: ${what}`],
  );
}

function cutOffChanges(old: readonly CutOff[], now: readonly CutOff[], cleanup: string): readonly Change[] {
  const before = new Map(old.map((one) => [one.name, one]));
  return now.flatMap((one): readonly Change[] => {
    const was = before.get(one.name);
    if (was === undefined || isSame(was, one)) return [];
    return [{ cleanup, effect: 'unclear', words: `${one.name} was ${was.meaning}; it is now ${one.meaning}` }];
  });
}

/** First values and bounds of settings. A shorter period makes more rows dead; that is proven of all of them. */
function settingChanges(old: SignedCleanup, now: SignedCleanup): readonly Change[] {
  const cleanup = now.rules.name;
  const decides = new Map(now.rules.parameters.map((one) => [one.name, one]));
  const was = new Map(old.rules.parameters.map((one) => [one.name, one]));
  const names = [...new Set([...Object.keys(old.settings), ...Object.keys(now.settings)])];
  return names.flatMap((name): readonly Change[] => {
    const [before, after] = [old.settings[name], now.settings[name]];
    const parameter = decides.get(name);
    const bounds = parameter !== undefined && !isSame(was.get(name) ?? null, parameter) && was.has(name);
    if (before === after) {
      return bounds ? [{ cleanup, effect: 'unclear', words: `setting ${name} has other bounds or words` }] : [];
    }
    const words =
      before === undefined
        ? `setting ${name} is new, and begins with ${after}`
        : after === undefined
          ? `setting ${name} is gone; it began with ${before}`
          : `setting ${name} begins with ${after}${unitOf(parameter)} instead of ${before}`;
    return [{ cleanup, effect: effectOf(parameter, before, after), words }];
  });
}

const unitOf = (parameter: Parameter | undefined): string => (parameter?.kind === 'number' ? ` ${parameter.unit}` : '');

function effectOf(parameter: Parameter | undefined, before: string | undefined, after: string | undefined): Effect {
  if (parameter === undefined) return 'same';
  const isNumber = parameter.kind === 'number' && before !== undefined && after !== undefined;
  if (!isNumber) return 'unclear';
  return Number(after) < Number(before) ? 'more' : 'fewer';
}

/** A rule in words; of one that another version wrote, in a language that this one does not know, its text. */
function inWords(rule: Predicate, table: string): string {
  try {
    return describeRule(rule, table) ?? JSON.stringify(rule);
  } catch {
    return JSON.stringify(rule);
  }
}

/** What a change does to the rows that are dead, in a word or two. */
export const effectInWords: Readonly<Record<Effect, string>> = {
  more: 'more rows die',
  fewer: 'fewer rows die',
  unclear: 'other rows may die',
  same: 'the same rows die',
};
