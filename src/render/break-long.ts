/**
 * Breaks lines of SQL that are longer than the margin, each at the outermost place that a reader would choose. Of SQL it
 * knows quotes, parentheses, comments, and the words that begin a part of a statement.
 */

export const lineWidth = 120;

/** The same text without lines over the margin, but for those that have no place to break: text in quotes stays whole. */
export function breakLong(text: string): string {
  const lines: string[] = [];
  // What did not fit on a line of a comment, and goes on the next one.
  let overflow: { readonly margin: string; readonly words: string } | undefined;
  for (const line of text.split('\n')) {
    const margin = marginOfComment(line);
    let whole = line;
    if (overflow !== undefined) {
      if (margin === overflow.margin && margin.endsWith('-- '))
        whole = `${margin}${overflow.words} ${line.slice(margin.length)}`;
      else lines.push(`${overflow.margin}${overflow.words}`);
      overflow = undefined;
    }
    if (whole.length <= lineWidth) lines.push(whole);
    else if (margin === undefined) lines.push(...breakLine(whole));
    else {
      const [fits, words] = breakComment(whole, margin);
      lines.push(fits);
      if (words !== '') overflow = { margin, words };
    }
  }
  return lines.join('\n');
}

/** Dashes and blanks that a line of a comment begins with; undefined if it is none, or marks a statement. */
const marginOfComment = (line: string): string | undefined => /^\s*--\s+(?=[^\s@])/.exec(line)?.[0];

function breakComment(line: string, margin: string): readonly [fits: string, words: string] {
  const at = line.lastIndexOf(' ', lineWidth);
  return at <= margin.length ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
}

function breakLine(line: string, further = line.search(/\S|$/) + 4): readonly string[] {
  const at = placeToBreak(line);
  if (at === undefined) return [line];
  const rest = `${' '.repeat(further)}${line.slice(at).trimStart()}`;
  return [line.slice(0, at).trimEnd(), ...(rest.length > lineWidth ? breakLine(rest, further) : [rest])];
}

/** What the parts of a statement begin with, the loosest bonds first. What follows a comma counts as the first of them. */
const beginnings: readonly RegExp[] = [
  /^(WHEN|THEN|ELSE|WHERE|FROM|INTO|ON|JOIN|STRAIGHT_JOIN|UNION ALL|UPDATE SET|GROUP BY|ORDER BY|LIMIT) /,
  /^OR /,
  /^AND /,
  /^(<|<=|=|>=|>|\|\|) /,
  /^[-+] (\w+\(|INTERVAL )/,
];

/** The last of the outermost places before the margin; undefined if there is none. */
function placeToBreak(line: string): number | undefined {
  let best: { readonly at: number; readonly bond: number } | undefined;
  let depth = 0;
  let quote: string | undefined;
  let isBetween = false;
  const indent = line.search(/\S|$/);
  for (let at = indent; at < Math.min(line.length, lineWidth + 1); at += 1) {
    const letter = line[at] ?? '';
    const rest = line.slice(at + 1);
    if (quote !== undefined) {
      if (letter === quote) quote = undefined;
      continue;
    }
    if (letter === '-' && rest.startsWith('-')) break;
    if (["'", '"', '`'].includes(letter)) quote = letter;
    else if ('(['.includes(letter)) depth += 1;
    else if (')]'.includes(letter)) depth -= 1;
    if (letter !== ' ' || at <= indent + 8) continue;
    if (isBetween && rest.startsWith('AND ')) {
      isBetween = false;
      continue;
    }
    isBetween ||= rest.startsWith('BETWEEN ');
    const kind = line[at - 1] === ',' ? 0 : beginnings.findIndex((words) => words.test(rest));
    const bond = depth * beginnings.length + kind;
    if (kind >= 0 && (best === undefined || bond <= best.bond)) best = { at, bond };
  }
  return best?.at;
}
