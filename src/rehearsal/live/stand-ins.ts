import { createHash } from 'node:crypto';
import { isOpen } from '../../plan/kept-columns.js';
import type { Plan } from '../../plan/types.js';
import type { On, Predicate } from '../../policy/types.js';
import { rulesOf } from '../../policy/visit.js';
import { findColumn, findTable } from '../../schema/find.js';
import type { Column, Schema, Table } from '../../schema/types.js';

/** Below this a column has no place for a secret, nor for a stand-in that no other value has. */
const leastRoom = 16;

/** A stand-in is as long as its value, and no shorter than this. */
const leastLength = 24;

/** Types that hold a number, a time or a word of a list. */
const plainTypes = /^(numeric|decimal|double|real|float|money|date|time|interval|year|enum|set\b)/i;

/** What stands for a value in a copy. */
export type StandIn = (value: unknown) => unknown;

export interface StandIns {
  /** Undefined: the column is copied as it is. */
  of(table: Table, column: Column): StandIn | undefined;
  /** Those that may hold a secret of a type for which there is no stand-in, and others that hold the same. */
  readonly without: readonly { readonly table: Table; readonly column: Column }[];
}

/** Columns that hold the same values, as a foreign key or a rule compares them; they get the same stand-ins, or none. */
interface Group {
  readonly members: { readonly table: Table; readonly column: Column }[];
  readonly rules: Predicate[];
}

/**
 * What is copied instead of values that may be secrets: whatever is not known to hold none. A stand-in is the same for the
 * same value in each column, and no other value has it; what a rule reads in a value stays readable in it. The key makes
 * them: without it no value can be tried against its stand-in.
 */
export function standIns(plans: readonly Plan[], schema: Schema, key: Buffer): StandIns {
  const groups = groupsOf(plans, schema);
  const made = new Map<Column, StandIn>();
  const without: Group['members'][number][] = [];
  for (const group of new Set(groups.values())) {
    if (group.members.some(({ column }) => isOpen(column) || plainTypes.test(column.type))) continue;
    const stuck = group.members.filter(({ column }) => !hasStandIn(column));
    if (stuck.length > 0) {
      without.push(...group.members);
      continue;
    }
    const room = Math.min(...group.members.map(({ column }) => roomOf(column)));
    if (room < leastRoom || group.rules.some(({ kind }) => kind === 'listed')) continue;
    for (const { column } of group.members) made.set(column, standIn(column, group.rules, room, key));
  }
  return { of: (_, column) => made.get(column), without };
}

const hasStandIn = ({ family, type }: Column): boolean =>
  family === 'text' || family === 'binary' || /^(jsonb?|uuid|citext)$/i.test(type);

/** How many characters a column takes. */
function roomOf({ family, type }: Column): number {
  const [, length] = /\((\d+)\)/.exec(type) ?? [];
  if (family === 'binary') return Number.POSITIVE_INFINITY;
  if (length !== undefined) return Number(length);
  return /^tinytext/i.test(type) ? 255 : /^char(acter)?$/i.test(type) ? 1 : Number.POSITIVE_INFINITY;
}

function standIn({ family, type }: Column, rules: readonly Predicate[], room: number, key: Buffer): StandIn {
  if (family === 'binary') return (value) => bytesFor(value, key);
  if (/^uuid$/i.test(type)) return (value) => inText(value, (text) => digest(key, text, 32));
  if (/^jsonb?$/i.test(type)) return (value) => inText(value, (text) => `"${textFor(text, room, key)}"`);
  return (value) => inText(value, (text) => readable(text, rules, room, key));
}

const inText = (value: unknown, make: (text: string) => string): unknown =>
  value === null || value === undefined || value === '' ? value : make(String(value));

/** Bytes come as such, or as the server writes them as text. */
function bytesFor(value: unknown, key: Buffer): unknown {
  if (Buffer.isBuffer(value))
    return value.length === 0 ? value : Buffer.from(digest(key, value, value.length * 2), 'hex');
  return inText(value, (text) => (text === '\\x' ? text : `\\x${digest(key, text, text.length - 2)}`));
}

/** A stand-in of which a rule says what it says of the value. */
function readable(text: string, rules: readonly Predicate[], room: number, key: Buffer): string {
  const before: string[] = [];
  for (const rule of rules) {
    const isKept =
      (rule.kind === 'oneOf' && rule.words.includes(text.trimEnd())) ||
      // Any other text is no number to them.
      ((rule.kind === 'epochBefore' || rule.kind === 'outlives') && /^\s*[-+]?\d+\s*$/.test(text)) ||
      (rule.kind === 'beneath' && rule.folder === text);
    if (isKept) return text;
    if (rule.kind === 'beneath' && text.startsWith(`${rule.folder}/`)) before.push(`${rule.folder}/`);
    if (rule.kind === 'contains' && text.includes(rule.text)) before.push(rule.text);
  }
  const kept = before.sort((one, other) => other.length - one.length)[0] ?? '';
  // What looks like JSON may have to be some.
  const [open, close] = kept === '' && isJson(text) ? ['"', '"'] : ['', ''];
  const left = room - kept.length - open.length - close.length;
  return left < leastRoom ? text : `${kept}${open}${textFor(text, left, key, kept.length)}${close}`;
}

function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Begins with a letter: it is no number. */
const textFor = (text: string, room: number, key: Buffer, less = 0): string =>
  `x${digest(key, text, Math.min(room, Math.max(text.length - less, leastLength)) - 1)}`;

const digest = (key: Buffer, value: string | Buffer, digits: number): string =>
  createHash('shake256', { outputLength: Math.ceil(digits / 2) })
    .update(key)
    .update(value)
    .digest('hex')
    .slice(0, digits);

/** Every column with those that hold the same values, and with the rules that read it. */
function groupsOf(plans: readonly Plan[], schema: Schema): ReadonlyMap<Column, Group> {
  const groups = new Map<Column, Group>();
  for (const table of schema.tables) {
    for (const column of table.columns) groups.set(column, { members: [{ table, column }], rules: [] });
  }
  const columnOf = (table: string, name: string): Column | undefined => {
    const found = findTable(schema, table);
    return found && findColumn(found, name);
  };
  const join = (one: Column | undefined, other: Column | undefined): void => {
    const [first, second] = [one && groups.get(one), other && groups.get(other)];
    if (first === undefined || second === undefined || first === second) return;
    first.members.push(...second.members);
    first.rules.push(...second.rules);
    for (const { column } of second.members) groups.set(column, first);
  };
  const joinAll = (theirs: string, ours: string, on: On): void => {
    for (const [their, our] of on) join(columnOf(theirs, their), columnOf(ours, our));
  };
  for (const { name, foreignKeys } of schema.tables) {
    for (const { columns, references, referencedColumns } of foreignKeys) {
      joinAll(
        name,
        references,
        columns.map((own, at) => [own, referencedColumns[at] ?? ''] as const),
      );
    }
  }
  const rules = plans.flatMap(({ steps }) =>
    steps.flatMap(({ rule }) => rulesOf(rule).map(([one, table]) => ({ one, table }))),
  );
  for (const { rule } of plans.flatMap(({ steps }) => steps)) {
    for (const follower of rule.followers ?? []) joinAll(follower.table, rule.table, follower.on);
  }
  for (const { one, table } of rules) {
    if (one.kind === 'noRow' || one.kind === 'someRow') joinAll(one.table, table, one.on);
    if (one.kind === 'outlives' && one.periods.group) joinAll(one.periods.table, table, [one.periods.group]);
  }
  for (const { one, table } of rules) {
    const read = one.kind === 'outlives' ? columnOf(one.periods.table, one.periods.period) : ownColumn(one, table);
    const group = read && groups.get(read);
    if (group && !group.rules.includes(one)) group.rules.push(one);
  }
  return groups;

  function ownColumn(rule: Predicate, table: string): Column | undefined {
    return 'column' in rule ? columnOf(table, rule.column) : undefined;
  }
}
