import { neverExpiresFromMs } from '../policy/evaluate.js';
import type { On, Predicate, Reason } from '../policy/types.js';
import { findColumn, findTable } from '../schema/find.js';
import { type Binding, columnName, cutOffFor, timestampOf } from './binding.js';
import { printOutlives } from './outlives.js';
import { pairOf, sideOf } from './pair.js';
import { printAlone, printSuperseded } from './same-rows.js';

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
  if (guard === undefined) return print(dead, binding);
  // What looks at other tables costs most, and comes last.
  return print({ kind: 'all', of: looksElsewhere(guard) ? [dead, guard] : [guard, dead] }, binding);
}

function print(predicate: Predicate, binding: Binding): readonly string[] {
  const { expressions } = binding;
  const column = (name: string) => columnName(binding, name);
  switch (predicate.kind) {
    case 'all':
      return join('AND', flatten('all', predicate.of), binding);
    case 'any':
      return join('OR', flatten('any', predicate.of), binding);
    case 'oneOf':
      return [expressions.oneOf(column(predicate.column), predicate.words)];
    case 'beneath':
      return [expressions.beneath(column(predicate.column), predicate.folder)];
    case 'contains':
      return [expressions.contains(column(predicate.column), predicate.text)];
    case 'listed': {
      const [first = '', ...more] = expressions.listed(
        column(predicate.column),
        binding.parameter(predicate.parameter),
      );
      return [first, ...more.map((line) => `AND ${line}`)];
    }
    case 'equals':
      return [`${column(predicate.column)} = ${predicate.value}`];
    case 'isNull':
      return [`${column(predicate.column)} IS NULL`];
    case 'isNotNull':
      return [`${column(predicate.column)} IS NOT NULL`];
    case 'moreThan':
      return [`${column(predicate.column)} > ${predicate.value}`];
    case 'atMost':
      return [`${column(predicate.column)} <= ${predicate.value}`];
    case 'finite':
      return [`${column(predicate.column)} > 0 AND ${column(predicate.column)} < ${neverExpiresFromMs}`];
    case 'periodOver': {
      const [stamp, live] = timestampOf(binding, predicate.stamp);
      const cutOff = cutOffFor(binding, live, predicate.cutOff);
      return [expressions.periodOver(stamp, live, column(predicate.period), predicate.unit, cutOff)];
    }
    case 'before': {
      const [stamp, live] = timestampOf(binding, predicate.column);
      return [expressions.timestampBefore(stamp, live, cutOffFor(binding, live, predicate.cutOff))];
    }
    case 'outlives':
      return printOutlives(predicate, binding, print);
    case 'epochBefore':
      return [`${numberIn(binding, predicate.column)} < ${binding.epoch(predicate.cutOff, predicate.unit)}`];
    case 'enabled':
      return [`${binding.parameter(predicate.parameter)} = ${expressions.literal('yes')}`];
    case 'unless':
      return [expressions.notTrue(oneLine(print(predicate.rule, binding)))];
    case 'noRow':
      return printRow('NOT EXISTS', predicate, binding, predicate.exactly ? 'exactly' : 'by collation');
    case 'someRow':
      return printRow('EXISTS', predicate, binding, predicate.byCollation ? 'by collation' : 'exactly');
    case 'superseded':
      return printSuperseded(predicate, binding);
    case 'alone':
      return printAlone(binding);
    case 'sighted':
      return printSighted(predicate, binding);
    case 'hasColumn':
      throw new Error(`whether there is a column ${predicate.column} should have been settled by the plan`);
  }
}

const looksElsewhere = (guard: Predicate): boolean =>
  guard.kind === 'noRow' || ((guard.kind === 'all' || guard.kind === 'any') && guard.of.some(looksElsewhere));

/** Conditions, as lines each, any of which says that a guard does not hold or is unknown. */
export function printUnguarded(guard: Predicate, binding: Binding): readonly (readonly string[])[] {
  return guard.kind === 'all'
    ? guard.of.flatMap((part) => printUnguarded(part, binding))
    : [printUnmet(guard, binding)];
}

function printUnmet(guard: Predicate, binding: Binding): readonly string[] {
  switch (guard.kind) {
    case 'any':
      return flatten('any', guard.of).flatMap((part, at) =>
        printUnmet(part, binding).map((line, below) => (at > 0 && below === 0 ? `AND ${line}` : line)),
      );
    case 'unless':
      return print(guard.rule, binding);
    case 'noRow': {
      const lines = printRow('EXISTS', guard, binding, guard.exactly ? 'exactly' : 'by collation');
      const line = oneLine(lines);
      return line.length <= longLine ? [line] : lines;
    }
    case 'isNotNull':
      return print({ kind: 'isNull', column: guard.column }, binding);
    default:
      return [binding.expressions.notTrue(oneLine(print(guard, binding)))];
  }
}

const oneLine = (lines: readonly string[]): string =>
  lines
    .map((line) => line.trim())
    .join(' ')
    .replaceAll('( SELECT', '(SELECT');

function printRow(
  exists: 'EXISTS' | 'NOT EXISTS',
  { table: name, on, where }: { readonly table: string; readonly on: On; readonly where?: Predicate },
  binding: Binding,
  how: 'exactly' | 'by collation' = 'by collation',
): readonly string[] {
  const table = findTable(binding.schema, name);
  if (table === undefined) throw new Error(`a rule looks at ${name}, which the plan should have refused`);
  const depth = (binding.depth ?? 0) + 1;
  const { column: _, columnType: __, ...outer } = binding;
  const theirs: Binding = { ...outer, table, alias: depth === 1 ? 'o' : `o${depth}`, depth };
  const pairs = on.flatMap(([their, our]) => pairOf(theirs, their, sideOf(binding, our), how === 'exactly'));
  const from = `SELECT 1 FROM ${binding.tableName(table)} ${theirs.alias}${binding.asOfNow ?? ''}`;
  const short = `${exists} (${from} WHERE ${pairs.join(' AND ')})`;
  if (where === undefined && short.length <= longLine) return [short];
  const lines = where === undefined ? [] : join('AND', flatten('all', [where]), theirs);
  const [first, ...rest] = where !== undefined && needsGroup('AND', where) ? group(lines) : lines;
  return [
    `${exists} (`,
    `  ${from}`,
    ...beneathEachOther(pairs).map((line, at) => (at === 0 ? `  WHERE ${line}` : `    AND ${line}`)),
    ...(first === undefined ? [] : [`    AND ${first}`, ...rest.map(indent(4))]),
  ].map((line, at, all) => (at === all.length - 1 ? `${line})` : line));
}

/** On one line if they are short. */
const beneathEachOther = (pairs: readonly string[]): readonly string[] =>
  pairs.join(' AND ').length <= 80 ? [pairs.join(' AND ')] : pairs;

function printSighted({ columns, cutOff }: Predicate & { kind: 'sighted' }, binding: Binding): readonly string[] {
  if (binding.list === undefined) throw new Error('a rule by sightings without a list of them');
  // Exactly: a row is older than a day only if it was seen itself, not another one whose id differs in case.
  const list: Binding = { ...binding, alias: 'n' };
  const pairs = columns.flatMap((name) => pairOf(list, name, sideOf(binding, name), true));
  return [
    'EXISTS (',
    `  SELECT 1 FROM ${binding.list} n`,
    ...beneathEachOther(pairs).map((line, at) => (at === 0 ? `  WHERE ${line}` : `    AND ${line}`)),
    `    AND n.${binding.firstSeen} < ${binding.cutOff(cutOff)})`,
  ];
}

/** A column of whole numbers, or of text that holds them. */
function numberIn(binding: Binding, name: string): string {
  const column = columnName(binding, name);
  return findColumn(binding.table, name)?.family === 'text' ? binding.expressions.digits(column) : column;
}

/** As many characters as a reader takes in at once: parts of a condition. */
const shortLine = 72;

/** As many as fit on a line where a look at another table stands, the most deeply indented: one thought, on one line. */
const longLine = 98;

/** Parts on one line if it is short, else under each other, the operator in front; a part that is itself a list of the other kind gets parentheses. */
function join(operator: 'AND' | 'OR', parts: readonly Predicate[], binding: Binding): readonly string[] {
  const [first, ...rest] = parts;
  if (first === undefined) throw new Error('an empty list of conditions');
  if (rest.length === 0) return print(first, binding);
  const printed = parts.map((part) => {
    const lines = print(part, binding);
    // Its conditions go on with those around them.
    const isList = operator === 'AND' && part.kind === 'listed';
    const isOpen = lines.length > 1 && !isClosed(part) && !isList;
    return { lines, isList, grouped: isOpen || needsGroup(operator, part) ? group(lines) : lines };
  });
  const line = printed.map(({ grouped }) => grouped.join('\n')).join(` ${operator} `);
  if (!line.includes('\n') && line.length <= shortLine) return [line];
  return printed.flatMap(({ lines, isList, grouped }, at) => {
    const isBlock = grouped === lines && lines.length > 1 && lines[0]?.endsWith('(');
    const deeper = isList || isBlock ? indent(0) : indent(operator.length + 1);
    return at === 0 ? grouped : [`${operator} ${grouped[0]}`, ...grouped.slice(1).map(deeper)];
  });
}

/** A list within a list of its own kind is one list. */
const flatten = (kind: 'all' | 'any', parts: readonly Predicate[]): readonly Predicate[] =>
  parts.flatMap((part) => (part.kind === kind ? flatten(kind, part.of) : [part]));

/** What prints inside parentheses of its own. */
const isClosed = ({ kind }: Predicate): boolean =>
  ['noRow', 'someRow', 'superseded', 'sighted', 'unless', 'outlives'].includes(kind);

/** Kinds that print as several conditions, all of which must hold. */
const conjunctions: readonly Predicate['kind'][] = ['finite', 'superseded', 'alone', 'listed'];

const needsGroup = (operator: 'AND' | 'OR', part: Predicate): boolean =>
  operator === 'OR'
    ? conjunctions.includes(part.kind) || (part.kind === 'all' && part.of.length > 1)
    : part.kind === 'any' && part.of.length > 1;

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
