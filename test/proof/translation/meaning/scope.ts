import type { Term } from '../../../../src/policy/prove/term.js';
import { NotUnderstood } from '../only.js';
import { type Query, sameText } from '../sql.js';
import type { Value } from './value.js';
import type { World } from './world.js';

/** A table or query under a name, with one of its rows. */
export interface Item {
  readonly alias: string;
  readonly names: readonly string[];
  /** Of a table. */
  readonly row?: OpenRow;
  column(name: string): Value;
}

/** Where an expression stands. */
export interface Scope {
  readonly world: World;
  readonly items: readonly Item[];
  readonly outer?: Scope;
  /** Queries that have a name. */
  readonly named: ReadonlyMap<string, Query>;
  /** A variable of the procedure, or a part of one. */
  variable(path: readonly string[]): Value | undefined;
  /** The rows of the query, found anew. */
  readonly again?: () => readonly Beside[];
  /** Texts that a condition around it says are digits. */
  readonly digits: readonly string[];
}

export interface OpenRow {
  readonly name: Term;
  readonly sort: Term;
  /** In upper case; what else reads it goes by the name as well. */
  readonly table: string;
}

/** A row of FROM that meets WHERE, seen from inside. */
export interface Beside {
  readonly rows: readonly OpenRow[];
  readonly holds: Term;
  readonly scope: Scope;
}

/** What a name stands for: a column of the nearest query that has it, else a variable. */
export function lookUp(path: readonly string[], scope: Scope): Value {
  const [first = '', ...rest] = path;
  for (let at: Scope | undefined = scope; at !== undefined; at = at.outer) {
    const [name, ...more] = rest;
    if (name !== undefined && more.length === 0) {
      const item = at.items.find(({ alias }) => sameText(alias, first));
      if (item) return item.column(name);
    } else if (name === undefined) {
      const having = at.items.filter(({ names }) => names.some((one) => sameText(one, first)));
      if (having.length > 1) throw new NotUnderstood('a name of two tables', path);
      const [item] = having;
      if (item) return item.column(first);
    }
  }
  const value = scope.variable(path);
  if (value === undefined) throw new NotUnderstood('a name', path);
  return value;
}
