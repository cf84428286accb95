import { must, NotUnderstood } from '../only.js';
import type { Expression, Select } from '../sql.js';
import type { Names } from './names.js';
import { pathIn } from './read-expression.js';
import { intoIn, readFilling } from './read-query.js';
import { doesNothing } from './statements.js';
import { type Node, wordsOf } from './tree.js';

/** What a SELECT fills, and, if these are collections, with what. */
export interface Filling {
  readonly into: readonly string[];
  readonly query?: Select;
}

/** A query that fills collections is read; of one that fills variables it is enough that it does nothing else. */
export function readFillingOf(node: Node, names: Names, isCollection: (name: string) => boolean): Filling {
  const into = targetsIn(node).map((one) => pathIn(one).join('.'));
  const words = wordsOf(node);
  if (!into.some(isCollection)) {
    doesNothing(node);
    if (/ FOR UPDATE /i.test(words) || into.length === 0) throw new NotUnderstood('SELECT', words);
    return { into };
  }
  const { columns, into: _, ...query } = readFilling(node, names);
  if (!into.every(isCollection) || into.length !== columns.length) throw new NotUnderstood('BULK COLLECT', words);
  const named = columns.map((column, at) => {
    if (column.name === undefined) throw new NotUnderstood('BULK COLLECT', words);
    return { name: must(into[at], 'a collection'), value: column.value };
  });
  return { into, query: joined({ ...query, columns: named }) };
}

/** A row that is IN what a query finds is one that is joined with it: how often it is found does not matter. */
function joined(query: Select): Select {
  const parts = query.where?.kind === 'and' ? query.where.of : query.where ? [query.where] : [];
  const found = parts.flatMap((part, at) => {
    if (part.kind !== 'in') return [];
    const [column] = part.query.kind === 'select' ? part.query.columns : [];
    if (column?.name === undefined) throw new NotUnderstood('IN', part);
    const alias = `in ${at}`;
    const by: Expression = { kind: 'column', path: [alias, column.name] };
    return [
      {
        source: { alias, of: { query: part.query } },
        on: { kind: 'compare', by: '=', left: part.of, right: by } as const,
      },
    ];
  });
  if (found.length === 0) return query;
  const others = parts.filter((part) => part.kind !== 'in');
  return {
    ...query,
    from: [...query.from, ...found.map(({ source }) => source)],
    where: { kind: 'and', of: [...others, ...found.map(({ on }) => on)] },
  };
}

const targetsIn = (node: Node): readonly Node[] =>
  node.parts.flatMap((part): readonly Node[] => {
    if (typeof part === 'string') return [];
    return part.rule === 'into_clause' ? intoIn(part) : targetsIn(part);
  });
