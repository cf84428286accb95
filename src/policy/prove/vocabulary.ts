import { and, type Bound, not, number, symbol, type Term } from './term.js';

/** The names that claims speak of, declared as they are first used: two rules compiled with one vocabulary share them. */
export interface Vocabulary {
  /** A variable for any row of a table. */
  anyRow(table: string): Bound;
  /** A row of a table, by a name of its own. */
  row(table: string, name: string): Term;
  /** The row is in the table at the beginning. */
  isThere(table: string, row: Term): Term;
  /** Anything else that may be true of a row. */
  rowIs(what: string, table: string, row: Term): Term;
  /** A column of a row: text by a number, a whole number, or microseconds since 1970 as they were written. */
  value(table: string, column: string, row: Term): Term;
  isNull(table: string, column: string, row: Term): Term;
  /** Neither NULL nor something that cannot be read, such as a date of zero or text without digits. */
  isKnown(table: string, column: string, row: Term): Term;
  hasColumn(table: string, column: string): Term;
  hasTable(table: string): Term;
  /** The number that stands for a text. */
  text(text: string): Term;
  /** A number of some name, such as a setting. */
  quantity(name: string): Term;
  /** A fact of some name that holds or does not. */
  fact(name: string): Term;
  /** What a value has become in a function of some name, such as a collation. */
  image(name: string, ...values: readonly Term[]): Term;
  /** Whether values have a property of some name. */
  property(name: string, ...values: readonly Term[]): Term;
  /** Everything declared so far. */
  declarations(): readonly string[];
  /** The columns that were spoken of, to print rows by. */
  columns(): readonly ColumnSpokenOf[];
  texts(): ReadonlyMap<string, string>;
}

export interface ColumnSpokenOf {
  readonly table: string;
  readonly column: string;
}

export function makeVocabulary(): Vocabulary {
  const declared = new Map<string, string>();
  const columns = new Map<string, ColumnSpokenOf>();
  const texts = new Map<string, string>();
  let rows = 0;

  const declare = (name: string, parameters: readonly string[], sort: string): Term => {
    const term = symbol(name);
    declared.set(name, `(declare-fun ${term} (${parameters.join(' ')}) ${sort})`);
    return term;
  };
  const call = (name: string, parameters: readonly string[], values: readonly Term[], sort: string): Term => {
    const term = declare(name, parameters, sort);
    return values.length === 0 ? term : `(${term} ${values.join(' ')})`;
  };
  const sortOf = (table: string): Term => {
    const term = symbol(`row of ${table}`);
    declared.set(`row of ${table}`, `(declare-sort ${term} 0)`);
    return term;
  };
  const ofRow = (table: string, column: string, what: string, row: Term, sort: string): Term => {
    columns.set(`${table}.${column}`, { table, column });
    return call(`${table}.${column}${what}`, [sortOf(table)], [row], sort);
  };
  const ints = (values: readonly Term[]): readonly string[] => values.map(() => 'Int');
  const isNull: Vocabulary['isNull'] = (table, column, row) => ofRow(table, column, ' is null', row, 'Bool');

  return {
    anyRow: (table) => {
      rows += 1;
      return { name: symbol(`any ${rows}`), sort: sortOf(table) };
    },
    row: (table, name) => declare(name, [], sortOf(table)),
    isThere: (table, row) => call(`${table} has`, [sortOf(table)], [row], 'Bool'),
    rowIs: (what, table, row) => call(`${what}: ${table}`, [sortOf(table)], [row], 'Bool'),
    value: (table, column, row) => ofRow(table, column, '', row, 'Int'),
    isNull,
    isKnown: (table, column, row) =>
      and(not(isNull(table, column, row)), not(ofRow(table, column, ' is unreadable', row, 'Bool'))),
    hasColumn: (table, column) => call(`${table} has a column ${column}`, [], [], 'Bool'),
    hasTable: (table) => call(`there is a table ${table}`, [], [], 'Bool'),
    text: (text) => {
      const term = symbol(`'${text}'`);
      const known = [...texts.values()];
      const code = known.includes(text) ? known.indexOf(text) : known.length;
      texts.set(String(code), text);
      declared.set(`'${text}'`, `(define-fun ${term} () Int ${number(code)})`);
      return term;
    },
    quantity: (name) => call(name, [], [], 'Int'),
    fact: (name) => call(name, [], [], 'Bool'),
    image: (name, ...values) => call(name, ints(values), values, 'Int'),
    property: (name, ...values) => call(name, ints(values), values, 'Bool'),
    declarations: () => {
      // A sort stands before what is declared by it.
      const lines = [...declared.values()];
      return [...lines.filter(isSort), ...lines.filter((line) => !isSort(line))];
    },
    columns: () => [...columns.values()],
    texts: () => texts,
  };
}

const isSort = (line: string): boolean => line.startsWith('(declare-sort');
