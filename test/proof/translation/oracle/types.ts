import { no, type Term } from '../../../../src/policy/prove/term.js';
import type { Value } from '../meaning/value.js';

export const isText = (type: string): boolean => /^n?(var)?char/i.test(type);
/** Filled up with blanks. */
export const isPadded = (type: string): boolean => /^n?char\b/i.test(type);

/** Anything of a type. The product's numbers are whole. */
export function anyOf(type: string, of: Term, isNull: Term = no): Value {
  if (isText(type)) return { kind: 'text', isNull, of, compared: isPadded(type) ? 'padded' : 'exactly' };
  if (/^(number(\(\d+(, ?0)?\))?|integer|smallint)$/i.test(type)) return { kind: 'number', isNull, of, per: 1n };
  if (/^(date|timestamp(\(\d\))?)$/i.test(type)) return { kind: 'instant', isNull, of };
  return { kind: 'thing', what: `a column of type ${type}`, isNull, of };
}
