import type { ColumnSpokenOf, Vocabulary } from '../prove/vocabulary.js';
import type { Model, Row } from './model.js';

/** What the numbers of a column stand for, by `TABLE.COLUMN`. */
export type Kind = 'text' | 'timestamp' | 'milliseconds' | 'nanoseconds' | 'number';
export type Kinds = ReadonlyMap<string, Kind>;

/** A counterexample as rows, one a line: `TABLE: COLUMN = value, …`, then the settings and clocks. */
export function drawModel(model: Model, vocabulary: Vocabulary, kinds: Kinds): string {
  const tables = [...new Set(vocabulary.columns().map(({ table }) => table))];
  const rows = tables.flatMap((table) => {
    const columns = vocabulary.columns().filter((column) => column.table === table);
    return model.rowsOf(`row of ${table}`).flatMap((row) => drawRow(model, row, table, columns, vocabulary, kinds));
  });
  const constants = model
    .constants()
    .filter((name) => !name.startsWith("'"))
    .flatMap((name) => drawConstant(name, model.valueOf(name) ?? ''))
    .sort();
  return [...rows, ...constants].join('\n');
}

function drawRow(
  model: Model,
  row: Row,
  table: string,
  columns: readonly ColumnSpokenOf[],
  vocabulary: Vocabulary,
  kinds: Kinds,
): readonly string[] {
  const ask = (name: string): string | undefined => model.valueOf(name, row);
  if (ask(`${table} has`) === 'false') return [];
  const values = columns.map(({ column }) => {
    const name = `${table}.${column}`;
    if (ask(`${name} is null`) === 'true') return `${column} = NULL`;
    if (ask(`${name} is unreadable`) === 'true') return `${column} = (cannot be read)`;
    const value = ask(name);
    return value === undefined ? `${column} = (anything)` : `${column} = ${drawValue(value, name, vocabulary, kinds)}`;
  });
  return [`${table}: ${values.join(', ')}`];
}

function drawValue(value: string, name: string, vocabulary: Vocabulary, kinds: Kinds): string {
  const whole = wholeNumber(value);
  switch (kinds.get(name)) {
    case 'text':
      return vocabulary.texts().has(String(whole))
        ? `'${vocabulary.texts().get(String(whole))}'`
        : `'another text ${whole}'`;
    case 'timestamp':
      return drawInstant(whole);
    case 'milliseconds':
      return `${whole} (${drawInstant(whole * 1_000n)})`;
    case 'nanoseconds':
      return `${whole} (${drawInstant(whole / 1_000n)})`;
    default:
      return String(whole);
  }
}

/** A constant that says when, how long or whether; rows have lines of their own. */
function drawConstant(name: string, value: string): readonly string[] {
  if (value === 'true' || value === 'false') return [`${name}: ${value === 'true' ? 'yes' : 'no'}`];
  if (value.includes('!val!')) return [];
  const whole = wholeNumber(value);
  if (/\bnow\b|newest|\bwhen\b/.test(name)) return [`${name}: ${drawInstant(whole)}`];
  return [`${name}: ${whole}`];
}

const wholeNumber = (value: string): bigint => BigInt(value.replace(/^\(- (\d+)\)$/, '-$1').replaceAll(' ', ''));

/** Microseconds since 1970 as a date and a time of day, or as they are if no calendar reaches so far. */
export function drawInstant(microseconds: bigint): string {
  const milliseconds = Number(microseconds / 1_000n);
  if (!Number.isFinite(milliseconds) || Math.abs(milliseconds) > 8.64e15) return `${microseconds} microseconds`;
  const rest = ((microseconds % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const whole = Number((microseconds - rest) / 1_000n);
  const text = new Date(whole).toISOString().replace('T', ' ').replace('.000Z', '');
  return rest === 0n ? text : `${text}.${String(rest).padStart(6, '0')}`;
}
