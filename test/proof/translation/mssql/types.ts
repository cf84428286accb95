import { no, type Term } from '../../../../src/policy/prove/term.js';
import { type TextValue, type Value, whole } from '../meaning/value.js';

/** How many characters a type holds; a type that fills up with blanks, or holds more than any comparison, is none of these. */
export const longestOf = (type: string): number | undefined => {
  const [, length] = /^n?varchar\((\d+)\)$/i.exec(type) ?? [];
  return length === undefined ? undefined : Number(length);
};

export const isText = (type: string): boolean => /^n?(var)?char\b/i.test(type);
export const isUnicode = (type: string): boolean => /^n(var)?char\b/i.test(type);
/** Finer than microseconds none may be. */
export const isInstant = (type: string): boolean => /^(datetime|smalldatetime|datetime2\([0-6]\))$/i.test(type);
const isWhole = (type: string): boolean => /^(tinyint|smallint|int|bigint)$/i.test(type);

export function textOf(type: string, of: Term, isNull: Term): TextValue {
  const longest = longestOf(type);
  return {
    kind: 'text',
    isNull,
    of,
    compared: 'by collation',
    ...(longest !== undefined && { longest }),
    ...(isUnicode(type) && { isUnicode: true }),
  };
}

/**
 * A value of a type. DATETIME counts in 300ths of a second, and is the microsecond that it lies in: compared with whole
 * microseconds, that makes no difference.
 */
export function ofType(type: string, of: Term, isNull: Term = no): Value {
  if (isText(type)) return textOf(type, of, isNull);
  if (isWhole(type)) return whole(of, isNull);
  if (isInstant(type)) return { kind: 'instant', isNull, of };
  return { kind: 'thing', what: `a value of type ${type}` };
}
