import { and, no, not, or, type Term } from '../../../../src/policy/prove/term.js';
import { ifKnown } from '../../../../src/policy/prove/truth.js';
import type { Vocabulary } from '../../../../src/policy/prove/vocabulary.js';
import { listPattern } from '../../../../src/policy/word-list.js';
import type { TextValue, Value } from '../meaning/value.js';
import type { World } from '../meaning/world.js';
import { NotUnderstood } from '../only.js';

/**
 * Whether a text has a sign that is none of these. The pattern must be Unicode: with VARCHAR on both sides LIKE overlooks
 * blanks at the end of the text. By a binary collation a range is one of code points.
 */
export function like(text: TextValue, pattern: TextValue, { vocabulary }: World): Value {
  const [, signs] = /^%\[\^(.*)\]%$/.exec(pattern.literal ?? '') ?? [];
  const isNamed = text.compared === 'padded' || pattern.compared === 'padded';
  const isUnicode = text.isUnicode || pattern.isUnicode;
  if (!isNamed || !isUnicode || text.suffix !== undefined || text.prefix !== undefined)
    throw new NotUnderstood('LIKE', [text, pattern]);
  const madeOf = signs === '0-9' ? areDigits(text, vocabulary) : isMadeOf(signs, text, vocabulary);
  return { kind: 'truth', truth: ifKnown(not(text.isNull), not(madeOf)) };
}

/** Also nothing at all, and more than 18 of them. */
const areDigits = (text: TextValue, { property }: Vocabulary): Term =>
  or(text.digits?.areDigits ?? no, property('is nothing, or more than 18 digits', text.of));

function isMadeOf(signs: string | undefined, text: TextValue, vocabulary: Vocabulary): Term {
  if (signs !== 'A-Za-z0-9:_.,-') throw new NotUnderstood('a pattern', signs);
  return or(isList(text, vocabulary), hasSignsOfList(text, vocabulary));
}

const isList = (text: TextValue, { property }: Vocabulary): Term => property(`matches ${listPattern}`, text.of);

const hasSignsOfList = (text: TextValue, { property }: Vocabulary): Term =>
  property('is no list, of the signs of a list', text.of);

/** Of a text with the signs of a list this is what makes it none. */
export const hasEmptyWord = (text: TextValue, vocabulary: Vocabulary): Term =>
  and(
    not(isList(text, vocabulary)),
    or(hasSignsOfList(text, vocabulary), vocabulary.property('has a comma where no word is', text.of)),
  );
