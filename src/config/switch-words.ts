const on = ['yes', 'true', '1', 'on'];
const off = ['no', 'false', '0', 'off'];

/** What a switch can be told, for a sentence: "it must be …". */
export const switchWords = 'yes or no (true, false, 1, 0, on and off are understood as well)';

/** What a word says of a switch, in any case; undefined for a word that says neither. */
export function readSwitchWord(word: string): boolean | undefined {
  const lower = word.toLowerCase();
  if (on.includes(lower)) return true;
  return off.includes(lower) ? false : undefined;
}
