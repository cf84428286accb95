/** The value of a list parameter that has no words. No list can hold it, and every database can keep it. */
export const noWords = '(none)';

/** How long the text of a list may be: what the settings table can keep. */
export const longestList = 255;

const word = '[A-Za-z0-9:_.-]+';

const words = `${word}(,${word})*`;

/** What the text of a list looks like, as an expression that every database reads alike. */
export const listPattern = `^${words}$`;

/** The same, or no words. */
export const listOrNone = new RegExp(`^(\\(none\\)|${words})$`);

/** The words of a list; undefined for text that is none. */
export function readWordList(text: string): readonly string[] | undefined {
  if (text === noWords) return [];
  if (text.length > longestList || text.endsWith('\n') || !new RegExp(listPattern).test(text)) return undefined;
  return text.split(',');
}

/** Whether anybody may choose this text for a list. `none` alone surely means that there are no words, and would be one. */
export const isAllowedList = (text: string): boolean => text !== 'none' && readWordList(text) !== undefined;

/** What the text of a list must be; completes the sentence "it must be …". */
export const allowedList = `words of letters, digits and : _ . - with commas between, at most ${longestList} characters, or ${noWords}`;
