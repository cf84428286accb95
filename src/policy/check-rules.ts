import type { Policy, Predicate, Step } from './types.js';
import { predicateKinds, rulesOf } from './visit.js';

/** Rules that no dialect could print, or that would print as something else than they say. */
export function ruleMistakes({ steps }: Policy): readonly string[] {
  return steps.flatMap((step) => [
    ...rulesOf(step).flatMap(([rule, table]) => partMistakes(rule).map((what) => `a rule about ${table} ${what}`)),
    ...listMistakes(step),
  ]);
}

/** Kinds of rules that this version does not know: a policy may come from a program that no compiler checked. */
export function unknownKinds({ steps }: Policy): readonly string[] {
  return steps.flatMap((step) =>
    rulesOf(step).flatMap(([{ kind }, table]) =>
      Object.hasOwn(predicateKinds, kind)
        ? []
        : [`a rule about ${table} is of an unknown kind: ${JSON.stringify(kind)}`],
    ),
  );
}

function partMistakes(rule: Predicate): readonly string[] {
  switch (rule.kind) {
    case 'all':
    case 'any':
      return rule.of.length === 0 ? [`has an empty list of conditions ("${rule.kind}")`] : [];
    case 'oneOf':
      return [
        ...(rule.words.length === 0 ? [`compares ${rule.column} with no words`] : []),
        ...(rule.words.some((word) => !/^[\x20-\x7e]*$/.test(word))
          ? [`compares ${rule.column} with a word that is not one line of ASCII`]
          : []),
      ];
    case 'beneath':
      return /^(\/[^/\s'"\\]+)+$/.test(rule.folder)
        ? []
        : [`compares ${rule.column} with "${rule.folder}", which is no path such as /a/b`];
    case 'equals':
    case 'moreThan':
    case 'atMost':
      return Number.isSafeInteger(rule.value)
        ? []
        : [`compares ${rule.column} with ${rule.value}, which is no whole number`];
    case 'noRow':
    case 'someRow':
      return rule.on.length === 0 ? [`looks at ${rule.table} without a column to find rows by`] : [];
    case 'superseded':
      return rule.by.length === 0 ? ['asks for newer rows without columns that name a thing'] : [];
    case 'alone':
      return rule.by.length === 0 ? ['asks for other rows without columns that name a thing'] : [];
    case 'sighted':
      return rule.columns.length === 0 ? ['asks for sightings of no column'] : [];
    case 'contains':
      return /^[\x21-\x7e]+$/.test(rule.text)
        ? []
        : [`looks in ${rule.column} for ${JSON.stringify(rule.text)}, which is not a word of ASCII`];
    case 'outlives':
    case 'listed':
    case 'isNull':
    case 'isNotNull':
    case 'finite':
    case 'periodOver':
    case 'before':
    case 'epochBefore':
    case 'hasColumn':
    case 'unless':
    case 'enabled':
      return [];
  }
}

/** A run makes one list per step, of its own table, before it looks at the rows: some rules cannot stand together. */
function listMistakes({ table, guard, reasons, history, followers }: Step): readonly string[] {
  const own = rulesOf({ table, reasons, ...(guard && { guard }) });
  const find = (kind: 'superseded' | 'alone' | 'sighted') => own.filter(([rule]) => rule.kind === kind);
  const listed = [...find('superseded'), ...find('alone'), ...find('sighted')];
  const different = new Set(listed.map(([rule]) => JSON.stringify(rule)));
  const elsewhere = rulesOf({ table, reasons: [], ...(followers && { followers }) })
    .concat(listed.filter(([, of]) => of !== table))
    .filter(([{ kind }]) => kind === 'superseded' || kind === 'alone' || kind === 'sighted');
  const special = [history && 'a history', followers && 'followers'].filter((what) => what !== undefined);
  return [
    ...(find('superseded').length > 0 && reasons.length > 1
      ? [`"superseded" must be the only reason of its step on ${table}; another reason is a step of its own`]
      : []),
    ...(different.size > 1 ? [`the rules of ${table} need more than one list ("superseded" or "sighted")`] : []),
    ...(listed.length > 0 && special.length > 0
      ? [`${table} has ${special.join(' and ')}, which "superseded" and "sighted" cannot be combined with`]
      : []),
    ...(elsewhere.length > 0
      ? [`"superseded" and "sighted" can only be asked of ${table} itself, not of other tables`]
      : []),
    ...(find('sighted').length > 0 && guard === undefined
      ? [`"sighted" needs a guard on ${table}: what was seen?`]
      : []),
  ];
}
