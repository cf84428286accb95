/** Bytes that are put in the place of others. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** Applies edits, none of which overlaps another. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  return [...edits]
    .sort((one, other) => other.from - one.from)
    .reduce((now, { from, to, text: put }) => now.slice(0, from) + put + now.slice(to), text);
}

/** Where the line that holds this place begins. */
const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1;

/** Where the line that holds this place ends, before its line break. */
export function lineEnd(text: string, at: number): number {
  const feed = text.indexOf('\n', at);
  if (feed < 0) return text.length;
  return feed > at && text[feed - 1] === '\r' ? feed - 1 : feed;
}

/** The blanks before what stands first on its line; undefined where something else stands before it. */
export function indentAt(text: string, at: number): string | undefined {
  const before = text.slice(lineStart(text, at), at);
  return /^[ \t]*$/.test(before) ? before : undefined;
}

/** The line break of the file, as at its first line. */
export const breakOf = (text: string): string => /\r?\n/.exec(text)?.[0] ?? '\n';

/** Puts lines below the one that holds this place. */
export function linesBelow(text: string, at: number, lines: readonly string[]): Edit {
  const end = lineEnd(text, at);
  return { from: end, to: end, text: lines.map((line) => `${breakOf(text)}${line}`).join('') };
}
