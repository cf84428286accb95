import { NotUnderstood } from '../only.js';
import type { Delete, Expression, Insert } from '../sql.js';
import { type Names, nameIn } from './names.js';
import { readDelete, readInsert } from './read-change.js';
import { namesForEach, type State } from './state.js';
import { take } from './take.js';
import { type Node, wordsOf } from './tree.js';

/** What is changed is changed only if this is so as well. */
export function only<Change extends Insert | Delete>(change: Change, { facts }: State): Change {
  if (facts.length === 0) return change;
  const and = (where: Expression | undefined): Expression => ({
    kind: 'and',
    of: [...(where?.kind === 'and' ? where.of : where ? [where] : []), ...facts],
  });
  if (change.kind === 'delete') return { ...change, where: and(change.where) };
  if (change.query.kind !== 'select') throw new NotUnderstood('INSERT', change);
  return { ...change, query: { ...change.query, where: and(change.query.where) } };
}

/** FORALL joins its rows with the table. */
export function forEach(
  node: Node,
  names: Names,
  state: State,
  isCollection: (name: string) => boolean,
): Insert | Delete {
  const {
    index_name,
    bounds_clause,
    data_manipulation_language_statements: change,
  } = take(node, 'FORALL', 'index_name', 'IN', 'bounds_clause', 'data_manipulation_language_statements');
  const by = nameIn(wordsOf(index_name));
  const [, collection = ''] = /^1 \.\. (\w+) \. COUNT$/.exec(wordsOf(bounds_clause).toUpperCase()) ?? [];
  const counted = state.collections.get(collection);
  if (counted?.query === undefined) throw new NotUnderstood('the bounds of FORALL', wordsOf(node));
  const within = namesForEach(state, names, by, counted, isCollection);
  const [inner] = change.parts;
  if (typeof inner !== 'object') throw new NotUnderstood('FORALL', wordsOf(node));
  const rows = { alias: by, of: { query: counted.query } };
  if (inner.rule === 'delete_statement') {
    const change = readDelete(inner, within);
    return { ...change, from: [...change.from, rows] };
  }
  const insert = readInsert(inner, within);
  if (insert.query.kind !== 'select') throw new NotUnderstood('INSERT', wordsOf(node));
  return { ...insert, query: { ...insert.query, from: [...insert.query.from, rows] } };
}

/** Behind each of these the kit raises an error unless as many rows were changed as were to be. */
export function mustBeCounted(node: Node, next: Node | undefined): void {
  const [, collection] = /^FORALL \w+ IN 1 \.\. (\w+) \. COUNT /i.exec(wordsOf(node)) ?? [];
  const words = next ? wordsOf(next).replaceAll(' ', '').toUpperCase() : '';
  if (words !== `CLEANUP_KIT.CHECK_ROWS(SQL%ROWCOUNT,${collection?.toUpperCase()}.COUNT)`) {
    throw new NotUnderstood('a change that is not counted', wordsOf(node));
  }
}
