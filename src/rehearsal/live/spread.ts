import type { Column } from '../../schema/types.js';

/**
 * Places spread over the values of a column, between the least and the greatest, at which reading may begin. Nothing is known
 * of how the values lie between: numbers are taken to lie evenly, and texts to be made of the letters that some of them
 * show, each as often as the others, as random ids are.
 */
export function spread(
  { family }: Column,
  { least, greatest, some, places }: { least: string; greatest: string; some: readonly string[]; places: number },
): readonly string[] {
  if (family === 'integer') return ofNumbers(BigInt(least), BigInt(greatest), places);
  return family === 'text' ? ofTexts([least, greatest, ...some], places) : [];
}

function ofNumbers(least: bigint, greatest: bigint, places: number): readonly string[] {
  const all = inner(places).map((at) => least + ((greatest - least) * BigInt(at)) / BigInt(places));
  return [...new Set(all.map(String))];
}

/** Enough letters for any number of places that is asked for. */
const letters = 4;

function ofTexts(texts: readonly string[], places: number): readonly string[] {
  const [first = ''] = texts;
  let common = 0;
  while (common < first.length && texts.every((text) => text[common] === first[common])) common += 1;
  const alphabet = [...new Set(texts.flatMap((text) => [...text.slice(common, common + 32)]))]
    .filter((letter) => /[0-9A-Za-z]/.test(letter))
    .sort();
  if (alphabet.length < 2) return [];
  const size = alphabet.length ** letters;
  return inner(places).map((at) => {
    let rest = Math.floor((size * at) / places);
    let text = '';
    for (let place = 0; place < letters; place += 1) {
      text = `${alphabet[rest % alphabet.length]}${text}`;
      rest = Math.floor(rest / alphabet.length);
    }
    return `${first.slice(0, common)}${text}`;
  });
}

const inner = (places: number): readonly number[] => Array.from({ length: places - 1 }, (_, at) => at + 1);
