import { NotUnderstood } from '../only.js';
import { asText, type Expression, type Select } from '../sql.js';
import type { Names } from './names.js';

/** Where a run of the procedure stands, on one of the ways that lead there. */
export interface State {
  /** What each collection was filled with last. */
  readonly collections: ReadonlyMap<string, Filled>;
  /** What each variable stands for that has another value in each batch. */
  readonly variables: ReadonlyMap<string, Expression>;
  /** What is so on this way, of that which no batch changes. */
  readonly facts: readonly Expression[];
  readonly isListing: boolean;
}

/** A column of what a query found; without a query there is no row. */
export interface Filled {
  readonly query?: Select;
  readonly column: string;
}

export const atFirst: State = { collections: new Map(), variables: new Map(), facts: [], isListing: false };

/** A variable that the procedure sets once, before its steps, goes by its own name. */
export function namesIn(state: State, isSetOnce: (name: string) => boolean): Names {
  return {
    variable: (name) => (isSetOnce(name) ? { kind: 'column', path: [name] } : state.variables.get(name)),
    element: () => undefined,
  };
}

/** The same for each element of a collection, by a number that counts them. */
export function namesForEach(
  state: State,
  names: Names,
  by: string,
  counted: Filled,
  isCollection: (name: string) => boolean,
): Names {
  return {
    ...names,
    element: (name, index) => {
      const filled = state.collections.get(name);
      if (filled === undefined && !isCollection(name)) return undefined;
      const isCounted = index.kind === 'column' && index.path.join('.') === by;
      if (!filled || !isCounted || asText(filled.query) !== asText(counted.query)) {
        throw new NotUnderstood('an element of a collection', [name, index]);
      }
      return { kind: 'column', path: [by, filled.column] };
    },
  };
}

/** Ways that meet again where all collections are the same go on as one; what they do not agree on is not known any more. */
export function meet(states: readonly State[]): readonly State[] {
  const met = new Map<string, State>();
  for (const state of states) {
    const key = asText([...state.collections].sort(([one], [other]) => (one < other ? -1 : 1)));
    const other = met.get(key);
    met.set(key, other === undefined ? state : agreed(state, other));
  }
  return [...met.values()];
}

function agreed(one: State, other: State): State {
  const facts = other.facts.map(asText);
  return {
    ...one,
    isListing: one.isListing && other.isListing,
    variables: new Map(
      [...one.variables].filter(([name, value]) => asText(other.variables.get(name)) === asText(value)),
    ),
    facts: one.facts.filter((fact) => facts.includes(asText(fact))),
  };
}
