/** A piece of PL/SQL; comments are none. */
export interface Token {
  readonly kind: 'word' | 'text' | 'number' | 'symbol';
  /** Words in upper case; those in quotes as they are, with their quotes. */
  readonly text: string;
  /** From 1, in the text that was read. */
  readonly line: number;
}

const pieces =
  /(?<blank>\s+|--[^\n]*|\/\*[\s\S]*?\*\/)|(?<text>q'\{[\s\S]*?\}'|'(?:[^']|'')*')|(?<word>[A-Za-z][\w$#]*|"[^"]+")|(?<number>\d+(?:\.\d+)?(?:E-?\d+)?)|(?<symbol>:=|=>|<>|<=|>=|\|\||\.\.|[\s\S])/gy;

export function tokensOf(sql: string): readonly Token[] {
  const tokens: Token[] = [];
  let line = 1;
  for (const { 0: piece, groups = {} } of sql.matchAll(pieces)) {
    const kind = (['word', 'text', 'number', 'symbol'] as const).find((one) => groups[one] !== undefined);
    if (kind !== undefined) tokens.push({ kind, text: piece.startsWith('"') ? piece : upper(kind, piece), line });
    line += piece.split('\n').length - 1;
  }
  return tokens;
}

const upper = (kind: Token['kind'], piece: string): string => (kind === 'word' ? piece.toUpperCase() : piece);
