import type { Expressions } from '../dialects/dialect.js';
import { neverExpiresFromMs } from '../policy/evaluate.js';
import type { Predicate, Reason } from '../policy/types.js';
import { findColumn, findTable } from '../schema/find.js';
import type { Schema, Table } from '../schema/types.js';

/** Where a rule is printed: what its names stand for there. */
export interface Binding {
  readonly schema: Schema;
  readonly table: Table;
  readonly alias: string;
  readonly expressions: Expressions;
  /** The expression of a cut-off: a variable in a procedure, a column in a view. */
  cutOff(name: string): string;
  /** Whether the rule stands in a procedure or in a view, and what names the application's zone there. */
  readonly place: 'procedure' | 'view';
  readonly zone: string;
  /** The expression of a parameter's text. */
  parameter(name: string): string;
  /** A table as FROM names it. */
  tableName(table: Table): string;
}

/** A rule as lines of SQL, without indentation of the first. */
export function printPredicate(predicate: Predicate, binding: Binding): readonly string[] {
  return print(predicate, binding);
}

/** That a row is dead: the guard, and any of the reasons; states that only differ in their word are one list. */
export function printDead(
  guard: Predicate | undefined,
  reasons: readonly Reason[],
  binding: Binding,
): readonly string[] {
  const dead: Predicate = { kind: 'any', of: mergeWords(reasons.map((reason) => reason.when)) };
  return print(guard === undefined ? dead : { kind: 'all', of: [dead, guard] }, binding);
}

function print(predicate: Predicate, binding: Binding): readonly string[] {
  const { expressions } = binding;
  const column = (name: string) => columnName(binding, name);
  const stamp = (name: string) => stampAsWritten(binding, name);
  switch (predicate.kind) {
    case 'all':
      return join('AND', flatten('all', predicate.of), binding);
    case 'any':
      return join('OR', flatten('any', predicate.of), binding);
    case 'oneOf':
      return [expressions.oneOf(column(predicate.column), predicate.words)];
    case 'isNull':
      return [`${column(predicate.column)} IS NULL`];
    case 'moreThan':
      return [`${column(predicate.column)} > ${predicate.value}`];
    case 'finite':
      return [`${column(predicate.column)} > 0 AND ${column(predicate.column)} < ${neverExpiresFromMs}`];
    case 'periodOver':
      return [
        expressions.periodOver(
          stamp(predicate.stamp),
          column(predicate.period),
          predicate.unit,
          binding.cutOff(predicate.cutOff),
        ),
      ];
    case 'before':
      return [`${stamp(predicate.column)} < ${binding.cutOff(predicate.cutOff)}`];
    case 'enabled':
      return [`${binding.parameter(predicate.parameter)} = ${expressions.literal('yes')}`];
    case 'noRow':
      return printNoRow(predicate, binding);
  }
}

/** That a guard does not hold; only "no row there" is used as a guard, and it is never unknown. */
export function printUnguarded(guard: Predicate, binding: Binding): readonly string[] {
  if (guard.kind !== 'noRow') throw new Error(`a guard of kind ${guard.kind} has no opposite yet`);
  return printNoRow(guard, binding).map((line) => line.replace(/^NOT /, ''));
}

function printNoRow(predicate: Predicate & { kind: 'noRow' }, binding: Binding): readonly string[] {
  const table = findTable(binding.schema, predicate.table);
  if (table === undefined) throw new Error(`a rule looks at ${predicate.table}, which the plan should have refused`);
  const theirs = { ...binding, table, alias: 'o' };
  const on = predicate.on.map(([their, our]) => `${columnName(theirs, their)} = ${columnName(binding, our)}`);
  return [`NOT EXISTS (SELECT 1 FROM ${binding.tableName(table)} o WHERE ${on.join(' AND ')})`];
}

function columnName(binding: Binding, name: string): string {
  const live = findColumn(binding.table, name)?.name ?? name;
  return `${binding.alias}.${binding.expressions.identifier(live)}`;
}

/** A stamp as the application wrote it, in whatever zone that was. */
export function stampAsWritten(binding: Omit<Binding, 'cutOff' | 'parameter'>, name: string): string {
  const live = findColumn(binding.table, name);
  if (live === undefined) throw new Error(`${binding.table.name} has no column ${name}`);
  const reference = `${binding.alias}.${binding.expressions.identifier(live.name)}`;
  return binding.expressions.stamp(reference, live, binding.place, binding.zone);
}

/** Parts under each other, the operator in front; a part that is itself a list of the other kind gets parentheses. */
function join(operator: 'AND' | 'OR', parts: readonly Predicate[], binding: Binding): readonly string[] {
  const [first, ...rest] = parts;
  if (first === undefined) throw new Error('an empty list of conditions');
  if (rest.length === 0) return print(first, binding);
  return parts.flatMap((part, at) => {
    const lines = print(part, binding);
    const grouped = lines.length > 1 || needsGroup(operator, part) ? group(lines) : lines;
    return at === 0 ? grouped : [`${operator} ${grouped[0]}`, ...grouped.slice(1).map(indent(operator.length + 1))];
  });
}

/** A list within a list of its own kind is one list. */
const flatten = (kind: 'all' | 'any', parts: readonly Predicate[]): readonly Predicate[] =>
  parts.flatMap((part) => (part.kind === kind ? flatten(kind, part.of) : [part]));

const needsGroup = (operator: 'AND' | 'OR', part: Predicate): boolean =>
  operator === 'OR' && part.kind === 'finite' ? true : operator === 'AND' && part.kind === 'any' && part.of.length > 1;

const group = (lines: readonly string[]): string[] =>
  lines.map((line, at) => `${at === 0 ? '(' : ' '}${line}${at === lines.length - 1 ? ')' : ''}`);

const indent = (spaces: number) => (line: string) => `${' '.repeat(spaces)}${line}`;

/** Conditions on the words of one column become one condition, at the place of the first. */
function mergeWords(parts: readonly Predicate[]): readonly Predicate[] {
  const merged: Predicate[] = [];
  for (const part of parts) {
    const at = merged.findIndex((other) => isWords(other) && isWords(part) && other.column === part.column);
    const other = merged[at];
    if (other === undefined || !isWords(other) || !isWords(part)) merged.push(part);
    else merged[at] = { ...other, words: [...other.words, ...part.words] };
  }
  return merged;
}

const isWords = (predicate: Predicate): predicate is Predicate & { kind: 'oneOf' } => predicate.kind === 'oneOf';
