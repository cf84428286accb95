/** Puts prepared SQL fragments on lines. Pure text; knows nothing of SQL but commas and indentation. */

import { lineWidth } from './break-long.js';

/** Lines below each other; all but the first are indented. */
export function hang(lines: readonly string[], indent: number): string {
  return lines.join(`\n${' '.repeat(indent)}`);
}

/** Words of a sentence, broken before the margin; all lines but the first are indented. */
export function fill(words: readonly string[], indent: number): string {
  const lines: string[] = [];
  for (const word of words) {
    const line = lines.at(-1);
    if (line === undefined || indent + line.length + 1 + word.length > lineWidth) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return hang(lines, indent);
}

/**
 * A comma-separated list, broken before the margin; all lines but the first are indented, and the first begins after
 * `lead` characters of other text.
 */
export function wrap(items: readonly string[], indent: number, lead = 0): string {
  const lines: string[] = [];
  let line = '';
  for (const item of items) {
    const longer = line === '' ? item : `${line}, ${item}`;
    const before = indent + (lines.length === 0 ? lead : 0);
    if (line !== '' && before + longer.length + 1 > lineWidth) {
      lines.push(`${line},`);
      line = item;
    } else {
      line = longer;
    }
  }
  return hang([...lines, line], indent);
}
