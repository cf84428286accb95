import { and, same, type Term, yes } from '../../../../src/policy/prove/term.js';
import { NotUnderstood } from '../only.js';
import { type Expression, type Output, type Query, type Select, type Source, sameText } from '../sql.js';
import { conditionOf, meaningOf } from './expression.js';
import type { Beside, Item, OpenRow, Scope } from './scope.js';
import { isOfRow, type Value } from './value.js';
import type { World } from './world.js';

/** Any row that a query gives: the rows of tables that it comes from, the condition that they meet, and its columns. */
export interface Opened {
  readonly rows: readonly OpenRow[];
  readonly holds: Term;
  readonly names: readonly string[];
  column(name: string): Value;
  /** Its columns in their order; none may stand for several. */
  values(): readonly Value[];
}

/** The rows of a query; one for each part of a union. */
export function open(query: Query, scope: Scope): readonly Opened[] {
  if (query.kind === 'union') return query.of.flatMap((part) => open(part, scope));
  const found = () => openFrom(query.from, query.where, scope);
  const outputs = query.columns;
  if (outputs.some((output) => output.name !== undefined && groups(output.value))) {
    // One row, whatever there is.
    const inside: Scope = { ...scope, items: [], outer: scope, again: found };
    return [{ rows: [], holds: yes, names: namesOf(query, []), ...columnsOf(outputs, inside) }];
  }
  return found().map(({ rows, holds, scope: inside }) => ({
    rows,
    holds,
    names: namesOf(query, inside.items),
    ...columnsOf(outputs, { ...inside, again: found }),
  }));
}

const columnsOf = (outputs: readonly Output[], scope: Scope): Pick<Opened, 'column' | 'values'> => ({
  column: (name) => outputOf(outputs, name, scope),
  values: () =>
    outputs.map((output) => {
      if (output.name === undefined) throw new NotUnderstood('columns without a name', output);
      return meaningOf(output.value, scope);
    }),
});

/** The rows of tables that FROM joins and WHERE lets through. */
export function openFrom(sources: readonly Source[], where: Expression | undefined, scope: Scope): readonly Beside[] {
  const none = { rows: [] as readonly OpenRow[], holds: yes, items: [] as readonly Item[] };
  const joined = sources.reduce(
    (found, source) =>
      found.flatMap(({ rows, holds, items }) =>
        openSource(source, scope).map(({ rows: more, holds: also, item }) => {
          const within: Scope = { ...scope, items: [...items, item], outer: scope };
          const on = source.on === undefined ? yes : conditionOf(source.on, within).holds;
          return { rows: [...rows, ...more], holds: and(holds, also, on), items: within.items };
        }),
      ),
    [none],
  );
  return joined.map(({ rows, holds, items }) => {
    const inside: Scope = { ...scope, items, outer: scope };
    return { rows, holds: and(holds, where === undefined ? yes : conditionOf(where, inside).holds), scope: inside };
  });
}

function openSource(
  { alias, of }: Source,
  scope: Scope,
): readonly { readonly rows: readonly OpenRow[]; readonly holds: Term; readonly item: Item }[] {
  if ('query' in of) return opened(of.query);
  const named = scope.named.get(of.table);
  return named === undefined ? openTable(of.table) : opened(named);

  function opened(query: Query) {
    return open(query, scope).map(({ rows, holds, names, column }) => ({
      rows,
      holds,
      item: { alias, names, column: once(column, scope.world) },
    }));
  }

  function openTable(table: string) {
    const { world } = scope;
    if (!world.hasTable(table)) throw new NotUnderstood('a table', table);
    const name = table.toUpperCase();
    const row = { ...world.vocabulary.anyRow(name), table: name };
    const column = (column: string): Value => world.column(name, column, row.name);
    const item: Item = { alias, names: world.columnNames(table), row, column };
    return [{ rows: [row], holds: world.vocabulary.isThere(name, row.name), item }];
  }
}

/** A column of a query in FROM is one value, however often it is read. */
function once(column: Item['column'], world: World): Item['column'] {
  const read = new Map<string, Value>();
  return (name) => {
    const value = read.get(name) ?? shortened(column(name), world);
    read.set(name, value);
    return value;
  };
}

/** A long number that is that of no row is written once, and has a name from then on. */
function shortened(value: Value, { vocabulary, facts }: World): Value {
  if (value.kind !== 'number' || value.of.length < 200 || isOfRow(value.of)) return value;
  const of = vocabulary.quantity(`number ${facts.length}`);
  facts.push(same(of, value.of));
  return { ...value, of };
}

function outputOf(outputs: readonly Output[], name: string, scope: Scope): Value {
  const output = outputs.find((one) => one.name !== undefined && sameText(one.name, name));
  if (output?.name !== undefined) return meaningOf(output.value, scope);
  const all = outputs.flatMap(({ name: own, ...more }) => ('allOf' in more && own === undefined ? [more.allOf] : []));
  const item = scope.items.find(({ alias, names }) => all.includes(alias) && names.some((one) => sameText(one, name)));
  if (item === undefined) throw new NotUnderstood('a column', [name, outputs]);
  return item.column(name);
}

const namesOf = ({ columns }: Select, items: readonly Item[]): readonly string[] =>
  columns.flatMap((output) =>
    output.name !== undefined ? [output.name] : (items.find(({ alias }) => alias === output.allOf)?.names ?? []),
  );

/** A column that makes one row of many. */
function groups(expression: Expression): boolean {
  switch (expression.kind) {
    case 'aggregate':
      return expression.beside === undefined;
    case 'and':
    case 'or':
    case 'call':
      return expression.of.some(groups);
    case 'not':
    case 'isNull':
    case 'isTrue':
    case 'cast':
      return groups(expression.of);
    case 'compare':
    case 'sameOrNull':
      return groups(expression.left) || groups(expression.right);
    case 'case':
      return [
        ...expression.arms.flatMap(({ when, result }) => [when, result]),
        ...(expression.otherwise ? [expression.otherwise] : []),
      ].some(groups);
    default:
      return false;
  }
}
