import { and, type Bound, forEach, implies, less, no, not, or, type Term } from '../../../../src/policy/prove/term.js';
import { either, type TextValue, type Value, whole } from '../meaning/value.js';
import type { World } from '../meaning/world.js';
import { NotUnderstood } from '../only.js';
import { joined } from './join-texts.js';
import { inLatin1 } from './latin1.js';
import { hasEmptyWord, like } from './like.js';

/** Tells every two characters apart, and has the code page of Latin1. */
const binary = 'Latin1_General_BIN2';

/** Functions of text, as the pages of the vendor say. */
export function ofTexts(name: string, values: readonly Value[], world: World): Value | undefined {
  const [one, other, ...more] = values;
  if (one?.kind !== 'text' || more.length > 0) return undefined;
  if (name === 'N' && one.literal !== undefined && other === undefined) return { ...one, isUnicode: true };
  if (name === 'LEN' && other === undefined) return lengthOf(one, world);
  if (name === 'LEFT' && other?.kind === 'number' && other.whole !== undefined) return { ...one, bytes: other.whole };
  if (other?.kind !== 'text') return undefined;
  if (name === 'COLLATE' && other.literal === binary) return collated(one, world);
  if (name === '+') return joined(one, other, world);
  if (name === 'LIKE') return like(one, other, world);
  if (name === 'CHARINDEX') return placeOf(one, other, world);
  return undefined;
}

const collated = (text: TextValue, world: World): TextValue => ({
  ...inLatin1(text, world),
  compared: text.suffix === undefined ? 'padded' : 'exactly',
});

/** Of up to 18 digits it is one of 1 to 18, and of nothing and of more digits it is not. Blanks at the end do not count. */
function lengthOf(text: TextValue, { vocabulary }: World): Value {
  const length = vocabulary.image('length without blanks at its end', text.of);
  const isOf18 = and(less('0', length), less(length, '19'));
  const areDigits = text.digits?.areDigits ?? no;
  const isOther = vocabulary.property('is nothing, or more than 18 digits', text.of);
  return whole(either(areDigits, either(isOf18, length, '1'), either(and(isOther, isOf18), '0', length)), text.isNull);
}

/** A number from 1 on, or 0 if it is not there. Blanks count. */
function placeOf(part: TextValue, text: TextValue, world: World): Value {
  const { vocabulary } = world;
  const isNull = or(part.isNull, text.isNull);
  const isNamed = [part, text].some((one) => one.compared === 'padded' || (one.compared === 'exactly' && one.suffix));
  if (!isNamed) throw new NotUnderstood('a place by the collation of a column', [part, text]);
  const isUnicode = part.isUnicode || text.isUnicode;
  const [sought, within] = isUnicode ? [part, text] : [inLatin1(part, world), inLatin1(text, world)];
  const isThere = isIn(sought, within, world);
  const at = vocabulary.image('place', sought.of, within.of);
  return whole(either(isThere, either(less(at, '1'), '1', at), '0'), isNull);
}

const isInCommas = ({ prefix, suffix }: TextValue): boolean => prefix === ',' && suffix === ',';

function isIn(sought: TextValue, text: TextValue, { vocabulary, facts }: World): Term {
  if (sought.literal === ',,' && isInCommas(text)) return hasEmptyWord(text, vocabulary);
  if (isInCommas(sought) && isInCommas(text)) {
    const isWord = (one: Term): Term => vocabulary.property('is one of the words', one, text.of);
    const hasComma = (one: Term): Term => vocabulary.property("contains ','", one);
    const any: Bound = { name: '|any text|', sort: 'Int' };
    facts.push(forEach(any, implies(isWord(any.name), not(hasComma(any.name)))));
    return either(
      hasComma(sought.of),
      vocabulary.property('is several of the words', sought.of, text.of),
      isWord(sought.of),
    );
  }
  if (sought.literal === undefined || text.prefix !== undefined || text.suffix !== undefined)
    throw new NotUnderstood('CHARINDEX', [sought, text]);
  return vocabulary.property(`contains '${sought.literal}'`, text.of);
}
