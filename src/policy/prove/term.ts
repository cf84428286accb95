/**
 * A term of SMT-LIB 2, the language that every solver reads. Text rather than a solver's own objects: the product needs
 * no solver at run time, a claim can be kept in a file and given to another solver, and the same policy gives the same bytes.
 *
 * Every value is an integer of any size: text is compared for equality only, so a number may stand for it, and an instant is
 * microseconds since 1970. What holds for all integers holds for all 64-bit ones; whether an engine can do the arithmetic is
 * a claim of its own. Solvers decide linear arithmetic over integers at once, and take long over products of 64-bit vectors.
 */
export type Term = string;

export const yes: Term = 'true';
export const no: Term = 'false';

export const number = (value: bigint | number): Term => (value < 0 ? `(- ${-BigInt(value)})` : String(value));

/** A name may hold anything but the two characters that end or escape it. */
export const symbol = (name: string): Term => `|${name.replaceAll('|', '%7C').replaceAll('\\', '%5C')}|`;

export const not = (term: Term): Term => (term === yes ? no : term === no ? yes : `(not ${term})`);

export function and(...parts: readonly Term[]): Term {
  const left = parts.filter((part) => part !== yes);
  if (left.includes(no)) return no;
  return joined('and', left, yes);
}

export function or(...parts: readonly Term[]): Term {
  const left = parts.filter((part) => part !== no);
  if (left.includes(yes)) return yes;
  return joined('or', left, no);
}

function joined(operator: string, parts: readonly Term[], empty: Term): Term {
  const [first, ...more] = parts;
  if (first === undefined) return empty;
  return more.length === 0 ? first : `(${operator} ${parts.join(' ')})`;
}

export const implies = (premise: Term, conclusion: Term): Term => or(not(premise), conclusion);
export const same = (one: Term, other: Term): Term => `(= ${one} ${other})`;
export const less = (one: Term, other: Term): Term => `(< ${one} ${other})`;
export const atMost = (one: Term, other: Term): Term => `(<= ${one} ${other})`;
export const between = (least: Term, value: Term, most: Term): Term => and(atMost(least, value), atMost(value, most));
export const plus = (...parts: readonly Term[]): Term => `(+ ${parts.join(' ')})`;
export const minus = (one: Term, other: Term): Term => `(- ${one} ${other})`;
export const times = (factor: bigint | number, value: Term): Term => `(* ${number(factor)} ${value})`;
/** Whole division that rounds down, by a number above zero. */
export const dividedBy = (value: Term, divisor: bigint | number): Term => `(div ${value} ${number(divisor)})`;

/** A variable of a quantifier, with its sort. */
export interface Bound {
  readonly name: Term;
  readonly sort: Term;
}

export const thereIs = (row: Bound, condition: Term): Term =>
  condition === no ? no : `(exists ((${row.name} ${row.sort})) ${condition})`;
export const forEach = (row: Bound, condition: Term): Term =>
  condition === yes ? yes : `(forall ((${row.name} ${row.sort})) ${condition})`;
