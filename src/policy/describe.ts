import type { On, Predicate } from './types.js';

/** How names are spelled for the reader: as the policy has them, or as the live schema does. */
export interface Spelling {
  table(name: string): string;
  column(table: string, name: string): string;
}

const asWritten: Spelling = { table: (name) => name, column: (_, name) => name };

/** A rule in words, about a row of `table` that is called "it". Every kind has words: a new one does not compile without. */
export function describeRule(rule: Predicate, table: string, spelling: Spelling = asWritten): string {
  return describe(rule, { table, spelling, owner: 'its ' });
}

/** `log_cut_off`: the log cut-off. */
export const cutOffInWords = (name: string): string =>
  `the ${name
    .replace(/_?cut_off$/, ' cut-off')
    .replaceAll('_', ' ')
    .trim()}`;

interface About {
  readonly table: string;
  readonly spelling: Spelling;
  /** Before the name of a column: whose it is. */
  readonly owner: string;
}

function describe(rule: Predicate, about: About): string {
  const bare = (column: string) => about.spelling.column(about.table, column);
  const own = (column: string) => `${about.owner}${bare(column)}`;
  const within = (part: Predicate) => describe(part, about);
  switch (rule.kind) {
    case 'all':
      return join(rule.of, ', and ', within);
    case 'any':
      return join(rule.of, ', or ', within);
    case 'oneOf':
      return `${own(rule.column)} is ${either(rule.words.map(asWord))}`;
    case 'beneath':
      return `${own(rule.column)} is ${rule.folder} or a path below it`;
    case 'contains':
      return `${own(rule.column)} contains ${asWord(rule.text)}`;
    case 'listed':
      return `${own(rule.column)} is in the list ${rule.parameter}`;
    case 'equals':
      return `${own(rule.column)} is ${rule.value}`;
    case 'isNull':
      return `${own(rule.column)} is NULL`;
    case 'isNotNull':
      return `${own(rule.column)} is not NULL`;
    case 'moreThan':
      return `${own(rule.column)} is more than ${rule.value}`;
    case 'atMost':
      return `${own(rule.column)} is at most ${rule.value}`;
    case 'finite':
      return `${own(rule.column)} is finite`;
    case 'periodOver':
      return `${own(rule.period)}, counted from ${own(rule.stamp)}, ended before ${cutOffInWords(rule.cutOff)}`;
    case 'outlives':
      return describePeriods(rule, about);
    case 'before':
    case 'epochBefore':
      return `${own(rule.column)} is before ${cutOffInWords(rule.cutOff)}`;
    case 'noRow':
    case 'someRow':
      return describeRow(rule, about);
    case 'superseded':
      return `a row with the same ${listed(rule.by.map(bare))} has a larger ${bare(rule.order)}`;
    case 'alone':
      return `no other row with the same ${listed(rule.by.map(bare))} is left`;
    case 'sighted':
      return `a run before ${cutOffInWords(rule.cutOff)} saw ${listed(rule.columns.map(own))} in the same state`;
    case 'hasColumn':
      return `if the table has a column ${bare(rule.column)}, ${grouped(rule.then, within)}; if not, ${grouped(rule.otherwise, within)}`;
    case 'unless':
      return rule.rule.kind === 'oneOf'
        ? `${own(rule.rule.column)} is not ${either(rule.rule.words.map(asWord))}`
        : `this is false or unknown: ${grouped(rule.rule, within)}`;
    case 'enabled':
      return `setting ${rule.parameter} is yes`;
  }
}

function describeRow(rule: Predicate & { kind: 'noRow' | 'someRow' }, about: About): string {
  const table = about.spelling.table(rule.table);
  const none = rule.kind === 'noRow';
  const exactly = none && rule.exactly ? ' to the last character' : '';
  const found = `${none ? 'no' : 'a'} row of ${table} has ${pairs(rule, about)}${exactly}`;
  if (rule.where === undefined) return found;
  const condition = describe(rule.where, { ...about, table: rule.table, owner: `${table}.` });
  return `${found} (counting only rows for which ${condition})`;
}

function describePeriods({ stamp, periods, cutOff }: Predicate & { kind: 'outlives' }, about: About): string {
  const { spelling, owner } = about;
  const table = spelling.table(periods.table);
  const column = (name: string) => `${table}.${spelling.column(periods.table, name)}`;
  const age = `${owner}${spelling.column(about.table, stamp)} lies further before ${cutOffInWords(cutOff)}`;
  const condition = describe(periods.where, { ...about, table: periods.table, owner: `${table}.` });
  const group = periods.group;
  const own = group ? ` for the same ${spelling.column(about.table, group[1])}, or if it states none, for any` : '';
  return `${age} than every ${column(periods.period)} (${periods.unit}) that applies${own} (counting only rows for which ${condition})`;
}

/** `its TOKEN_ID`, or `its UUID as PROPERTY_VALUE` if the other table calls it differently. */
function pairs({ table, on }: { readonly table: string; readonly on: On }, about: About): string {
  const { spelling, owner } = about;
  const columns = on.map(([theirs, ours]) => {
    const [their, our] = [spelling.column(table, theirs), spelling.column(about.table, ours)];
    return their === our ? our : `${our} as ${their}`;
  });
  return `${owner}${listed(columns)}`;
}

/** Parts that consist of parts themselves stand in parentheses, so that "and" and "or" cannot be confused. */
function join(parts: readonly Predicate[], word: string, within: (part: Predicate) => string): string {
  const [only, ...more] = parts;
  if (only !== undefined && more.length === 0) return within(only);
  return parts.map((part) => grouped(part, within)).join(word);
}

const grouped = (part: Predicate, within: (part: Predicate) => string): string =>
  isComposite(part) ? `(${within(part)})` : within(part);

const isComposite = (rule: Predicate): boolean =>
  rule.kind === 'hasColumn' || ((rule.kind === 'all' || rule.kind === 'any') && rule.of.length > 1);

const asWord = (word: string): string => (/^[A-Za-z0-9_-]+$/.test(word) ? word : `"${word}"`);

const series = (words: readonly string[], last: string): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
const either = (words: readonly string[]): string => series(words, 'or');
const listed = (words: readonly string[]): string => series(words, 'and');
