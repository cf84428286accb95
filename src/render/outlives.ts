import type { Predicate } from '../policy/types.js';
import { findTable } from '../schema/find.js';
import { type Binding, columnName, cutOffFor, timestampOf } from './binding.js';
import { pairOf, sideOf } from './pair.js';

type Print = (predicate: Predicate, binding: Binding) => readonly string[];

/** That no period which counts for the row is still running: none that its own group states, and none that it may inherit. */
export function printOutlives(
  { stamp, cutOff, periods }: Predicate & { kind: 'outlives' },
  binding: Binding,
  print: Print,
): readonly string[] {
  const { expressions } = binding;
  const stated = statedIn(periods.table, binding, 1);
  const own = statedIn(periods.table, binding, 2);
  // The period goes on a line of its own: it is read out of text, which takes many words.
  const [timestamp, live] = timestampOf(binding, stamp);
  const [age = '', rest = ''] = expressions
    .notTrue(expressions.periodOver(timestamp, live, mark, periods.unit, cutOffFor(binding, live, cutOff)))
    .split(mark);
  const [isDigits = '', number = ''] = expressions.digits(columnName(stated, periods.period)).split(' THEN ');
  const running = [`AND ${age.trimEnd()}`, `    ${isDigits}`, `      THEN ${number}${rest}`];
  const counts = (of: Binding) => andEach(print(periods.where, of));
  const [theirs, ours] = periods.group ?? [];
  const { primaryKey } = stated.table;
  const isKept = expressions.keepsDistinct === true && primaryKey.length > 0;
  // With its key, DISTINCT leaves no row out: a collation may take two periods, or two names, for the same.
  const used = [...primaryKey, theirs, periods.name, periods.period].filter((name) => name !== undefined);
  const from = (of: Binding): readonly string[] => {
    const table = `${binding.tableName(of.table)} ${of.alias}${binding.asOfNow ?? ''}`;
    if (!isKept) return [`  SELECT 1 FROM ${table}`, ...indent(counts(of), 2)];
    const columns = used.map((name) => columnName(of, name)).join(', ');
    const query = [`SELECT DISTINCT ${columns} FROM ${table}`, ...counts(of)];
    return ['  SELECT 1 FROM (', ...indent(query, 4), `  ) ${of.alias}`];
  };
  /** Conditions that go on with those of the table, or are the first. */
  const and = ([first = '', ...rest]: readonly string[]): readonly string[] => [
    isKept ? `  ${first.replace(/^AND/, 'WHERE')}` : `    ${first}`,
    ...indent(rest, 4),
  ];
  const head = ['NOT EXISTS (', ...from(stated), ...and(running)];
  if (theirs === undefined || ours === undefined) return closed(head);
  const ofGroup = (of: Binding) => pairOf(of, theirs, sideOf(binding, ours), false).join(' AND ');
  const sameName = pairOf(own, periods.name, sideOf(stated, periods.name), true).join(' AND ');
  const inherited = [
    `AND (${ofGroup(stated)} OR NOT EXISTS (`,
    ...from(own),
    ...and([`AND ${ofGroup(own)}`]),
    `    AND ${sameName}))`,
  ];
  return closed([...head, ...indent(inherited, 4)]);
}

const mark = '\u0000';

/** A row of the table with the periods, under an alias of its own. */
function statedIn(name: string, binding: Binding, deeper: number): Binding {
  const table = findTable(binding.schema, name);
  if (table === undefined) throw new Error(`a rule looks at ${name}, which the plan should have refused`);
  const depth = (binding.depth ?? 0) + deeper;
  const { column: _, columnType: __, ...outer } = binding;
  return { ...outer, table, alias: depth === 1 ? 'o' : `o${depth}`, depth };
}

/** Conditions behind WHERE; the first line of a list of them has no AND of its own. */
const andEach = ([first = '', ...rest]: readonly string[]): readonly string[] => [
  `WHERE ${first}`,
  ...rest.map((line) => `  ${line}`),
];

const indent = (lines: readonly string[], spaces: number): readonly string[] =>
  lines.map((line) => `${' '.repeat(spaces)}${line}`);

const closed = (lines: readonly string[]): readonly string[] =>
  lines.map((line, at) => (at === lines.length - 1 ? `${line})` : line));
