import { lineWidth } from './break-long.js';

/**
 * Puts prepared SQL fragments on lines, once the whole text is known: only then is it known in which column a fragment
 * begins. Pure text; knows nothing of SQL but commas and comments.
 *
 * A template's helper leaves a fragment as one piece of text between control characters, which no SQL contains; partials
 * may be indented as deep as they like.
 */

const between = '\u0002';
const end = '\u0003';
const marks = { hang: '\u0004', list: '\u0005', words: '\u0006', item: '\u0007' } as const;
type Mark = keyof typeof marks;

/** Lines below each other, each beginning in the column of the first. */
export const hang = (lines: readonly string[]): string => piece('hang', lines);

/** A comma-separated list, broken before the margin. */
export const list = (items: readonly string[]): string => piece('list', items);

/** Words of a sentence, broken before the margin. */
export const words = (text: string): string => piece('words', text.split(' '));

/** The same of one item of a list: its further lines stand two in, so that each item can be told from the next. */
export const item = (text: string): string => piece('item', text.split(' '));

const piece = (mark: Mark, parts: readonly string[]): string => `${marks[mark]}${parts.join(between)}${end}`;

const anyPiece = new RegExp(`([${Object.values(marks).join('')}])([^${end}]*)${end}`);

/** The text with every piece laid out. */
export function layOut(text: string): string {
  return text
    .split('\n')
    .map((line) => layOutLine(line))
    .join('\n');
}

function layOutLine(line: string): string {
  const found = anyPiece.exec(line);
  if (found === null) return line;
  const [whole, mark, content = ''] = found;
  const before = line.slice(0, found.index);
  const after = line.slice(found.index + whole.length);
  const column = before.length - (before.lastIndexOf('\n') + 1);
  const parts = content.split(between);
  const lines =
    mark === marks.hang
      ? parts
      : filled(parts, mark === marks.list ? ',' : '', mark === marks.item ? column + 2 : column);
  const further = mark === marks.item ? '  ' : '';
  return layOutLine(`${before}${lines.join(`\n${marginOf(before, column, lines)}${further}`)}${after}`);
}

/** What the further lines of a piece begin with. */
function marginOf(before: string, column: number, [, ...further]: readonly string[]): string {
  // Those of a comment are comments as well.
  if (/^\s*--/.test(before)) return `--${' '.repeat(Math.max(column - 2, 1))}`;
  // Conditions stand below the word that leads them, one step in, and below each other.
  const last = before.slice(before.lastIndexOf('\n') + 1);
  const [, leader] = /^\s*(WHERE|JOIN|STRAIGHT_JOIN|INNER|LEFT|AND|OR) /.exec(last) ?? [];
  if (leader !== undefined && !hasOpenParenthesis(last) && further.some((line) => /^(AND|OR) /.test(line)))
    return ' '.repeat(last.search(/\S/) + (['AND', 'OR'].includes(leader) ? 0 : 2));
  return ' '.repeat(column);
}

const hasOpenParenthesis = (line: string): boolean => line.split('(').length > line.split(')').length;

function filled(items: readonly string[], separator: string, column: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const item of items) {
    const longer = line === '' ? item : `${line}${separator} ${item}`;
    // Room for the separator, and for what closes a list.
    const closing = separator === '' ? 0 : 2;
    if (line !== '' && column + longer.length + closing > lineWidth) {
      lines.push(`${line}${separator}`);
      line = item;
    } else line = longer;
  }
  return [...lines, line];
}
