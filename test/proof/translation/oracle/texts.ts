import { less, no, not, or, type Term } from '../../../../src/policy/prove/term.js';
import { ifKnown } from '../../../../src/policy/prove/truth.js';
import { either, isWhole, type TextValue, type Value, whole } from '../meaning/value.js';
import { containsIn, isOneOfWords } from '../meaning/words.js';
import type { World } from '../meaning/world.js';

export function ofTexts(name: string, values: readonly Value[], world: World): Value | undefined {
  const [one, other, third] = values;
  if (name === 'CLEANUP_KIT.WORD_OF' || name === 'CLEANUP_KIT.NUMBER_OF') return settingOf(name, values, world);
  if (one?.kind !== 'text') return undefined;
  if (name === 'RTRIM' && values.length === 1 && isWhole(one)) {
    return { ...one, of: world.seenAs('padded', one.of), compared: 'exactly' };
  }
  if (name === 'SUBSTR' && other?.kind === 'number' && other.whole === 1n && third?.kind === 'number' && third.whole) {
    return { ...one, bytes: third.whole };
  }
  if (other?.kind !== 'text' || values.length !== 2) return undefined;
  if (name === '||') return joined(one, other);
  if (name === 'INSTR') return placeOf(one, other, world);
  if (name === '~' && isWhole(one) && other.literal !== undefined) return matches(one, other.literal, world);
  return undefined;
}

function settingOf(name: string, values: readonly Value[], world: World): Value | undefined {
  const [run, setting, preset, ...more] = values;
  const isRun = run?.kind === 'thing' && run.what === 'the state of the run';
  if (!isRun || setting?.kind !== 'text' || setting.literal === undefined || more.length > 0) return undefined;
  if (name === 'CLEANUP_KIT.WORD_OF' && preset?.kind === 'text' && preset.literal !== undefined) {
    return world.settingOr(setting.literal, preset.literal);
  }
  if (name === 'CLEANUP_KIT.NUMBER_OF' && preset?.kind === 'number' && preset.whole !== undefined) {
    return world.numberOf(setting.literal, preset.whole);
  }
  return undefined;
}

/** NULL beside a text is an empty text. */
function joined(one: TextValue, other: TextValue): Value | undefined {
  if (other.literal !== undefined && one.literal === undefined) {
    return { ...one, ...asEmpty(one), suffix: `${one.suffix ?? ''}${other.literal}` };
  }
  if (one.literal !== undefined && other.literal === undefined) {
    return { ...other, ...asEmpty(other), prefix: `${one.literal}${other.prefix ?? ''}` };
  }
  return undefined;
}

const asEmpty = ({ isNull, isEmpty }: TextValue): Pick<TextValue, 'isNull' | 'isEmpty'> => ({
  isNull: no,
  isEmpty: or(isNull, isEmpty ?? no),
});

function placeOf(text: TextValue, sought: TextValue, { vocabulary }: World): Value | undefined {
  const place = (isThere: Term, what: string, missing: Term, ...of: readonly Term[]): Value => {
    const at = vocabulary.image(what, ...of);
    return whole(either(isThere, either(less(at, '1'), '1', at), '0'), missing);
  };
  if (isWhole(text) && sought.literal !== undefined) {
    return place(containsIn(vocabulary, text.of, sought.literal), `place of '${sought.literal}'`, text.isNull, text.of);
  }
  // A word in a list, each with a comma at both ends.
  const isBetweenCommas = [text, sought].every(
    ({ prefix, suffix, bytes }) => prefix === ',' && suffix === ',' && !bytes,
  );
  if (!isBetweenCommas || text.isEmpty !== no) return undefined;
  const isPart = either(
    containsIn(vocabulary, sought.of, ','),
    vocabulary.property('stands between commas', sought.of, text.of),
    isOneOfWords(vocabulary, sought.of, text.of),
  );
  const isThere = either(sought.isEmpty ?? no, vocabulary.property('has two commas side by side', text.of), isPart);
  return place(isThere, 'place among words', no, sought.of);
}

/** "$" is also before a line feed at the end. */
function matches(text: TextValue, pattern: string, { vocabulary }: World): Value {
  const hasLineFeed = vocabulary.property('is up to 18 digits and a line feed', text.of);
  const areDigits = text.digits?.areDigits;
  const whether = (condition: Term): Value => ({ kind: 'truth', truth: ifKnown(not(text.isNull), condition) });
  if (pattern === '^[0-9]{1,18}$' && areDigits) return whether(or(areDigits, hasLineFeed));
  if (pattern === '[^0-9]' && areDigits) {
    const tooMany = vocabulary.property('is no digit, or more than 18', text.of);
    return whether(not(or(areDigits, `(and ${tooMany} ${not(or(areDigits, hasLineFeed))})`)));
  }
  return whether(vocabulary.property(`matches ${pattern}`, text.of));
}
