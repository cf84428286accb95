import type { TextValue } from '../meaning/value.js';
import type { World } from '../meaning/world.js';
import { NotUnderstood } from '../only.js';
import { inLatin1 } from './latin1.js';

/** Beyond this many characters a text is cut off without an error. */
const longest = (isUnicode: boolean): number => (isUnicode ? 4_000 : 8_000);

/** A text and a literal before or behind it, which must end with a sign: blanks behind a text do not count. NULL and a text are NULL, as a run sees to. */
export function joined(one: TextValue, other: TextValue, world: World): TextValue {
  const isBehind = other.literal !== undefined && one.literal === undefined;
  const [text, added] = isBehind ? [one, other] : [other, one];
  const end = isBehind ? 'suffix' : 'prefix';
  const length = (text.longest ?? Number.POSITIVE_INFINITY) + (added.literal?.length ?? 0);
  const isUnicode = one.isUnicode === true || other.isUnicode === true;
  const isNamed = [one, other].some(
    ({ compared, literal }) => compared === 'padded' || (compared === 'exactly' && literal === undefined),
  );
  if (
    text.literal !== undefined ||
    added.literal === undefined ||
    text[end] !== undefined ||
    (isBehind && !/[!-~]$/.test(added.literal)) ||
    length > longest(isUnicode)
  )
    throw new NotUnderstood('a text behind another', [one, other]);
  // Both become of one kind, and by a collation that is named both are of its code page.
  const kept = isNamed && !isUnicode ? inLatin1(text, world) : text;
  const { digits: _, ...like } = kept;
  const isEnded = isBehind || text.suffix !== undefined;
  return {
    ...like,
    [end]: added.literal,
    longest: length,
    compared: isNamed ? (isEnded ? 'exactly' : 'padded') : 'by collation',
    ...(isUnicode && { isUnicode }),
  };
}
