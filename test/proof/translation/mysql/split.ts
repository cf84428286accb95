import { must, NotUnderstood } from '../only.js';

/** A simple statement of a procedure, and the conditions of the IFs that it stands in. */
export interface Simple {
  readonly text: string;
  readonly within: readonly string[];
  /** Of an error that was raised. */
  readonly handles: boolean;
}

/**
 * The statements of the procedure that a file creates first. No maintained parser of MySQL's compound statements reads them
 * in reasonable time, so blocks, loops and IFs are taken apart here; what stands in them is parsed.
 */
export function splitProcedure(file: string): readonly Simple[] {
  const [, body = ''] = /\ncleanup: BEGIN\n(.*?)\nEND cleanup\$\$\n/s.exec(file) ?? [];
  const statements: Simple[] = [];
  const open: { readonly kind: 'IF' | 'LOOP' | 'BEGIN' | 'HANDLER'; readonly condition?: string }[] = [];
  for (const piece of pieces(body)) {
    let text = piece;
    for (let opens = opening.exec(text); opens !== null; opens = opening.exec(text)) {
      const { condition, loop, handler } = must(opens.groups, 'a block');
      if (condition !== undefined) open.push({ kind: 'IF', condition });
      else open.push({ kind: loop !== undefined ? 'LOOP' : handler !== undefined ? 'HANDLER' : 'BEGIN' });
      text = text.slice(opens[0].length);
    }
    const [closes] = /^END( IF| LOOP \w+)?$/.exec(text) ?? [];
    if (closes !== undefined) {
      const { kind } = must(open.pop(), 'a block');
      const meant = closes.startsWith('END IF')
        ? ['IF']
        : closes.startsWith('END LOOP')
          ? ['LOOP']
          : ['BEGIN', 'HANDLER'];
      if (!meant.includes(kind)) throw new NotUnderstood('an end', text);
    } else if (text !== '') {
      const within = open.flatMap(({ condition }) => (condition === undefined ? [] : [condition]));
      statements.push({ text, within, handles: open.some(({ kind }) => kind === 'HANDLER') });
    }
  }
  if (open.length > 0) throw new NotUnderstood('a block without an end', open);
  return statements;
}

/** ELSE is none of these, and so is refused. */
const opening =
  /^(?:IF (?<condition>.*?) THEN\s+|(?<loop>\w+: LOOP\s+)|(?<handler>DECLARE EXIT HANDLER FOR SQLEXCEPTION\s+BEGIN\s+)|BEGIN\s+)/s;

/** Text between semicolons, without comments; neither counts inside of quotes. */
function pieces(body: string): readonly string[] {
  const found: string[] = [''];
  for (const [token] of body.matchAll(/'(?:[^']|'')*'|--[ \t][^\n]*|;|[^';-]+|-/g)) {
    if (token === ';') found.push('');
    else if (!token.startsWith('--')) found.push(`${found.pop() ?? ''}${token}`);
  }
  return found.map((piece) => piece.trim());
}
