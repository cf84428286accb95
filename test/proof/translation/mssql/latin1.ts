import type { TextValue } from '../meaning/value.js';
import type { World } from '../meaning/world.js';
import { NotUnderstood } from '../only.js';

/** What has no place in the code page is replaced; a literal of ours has none of that. */
export function inLatin1(text: TextValue, { vocabulary }: World): TextValue {
  if (text.isUnicode) return text;
  if (text.literal !== undefined) {
    if (!/^[ -~]*$/.test(text.literal)) throw new NotUnderstood('a literal', text.literal);
    return text;
  }
  const { digits: _, ...like } = text;
  return { ...like, of: vocabulary.image('in the code page of Latin1', text.of) };
}
