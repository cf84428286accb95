import { UsageError } from '../errors.js';

/** Far longer than any token. */
const mostCharacters = 65_536;

/** One line from stdin, where no other user of the machine sees it. @throws UsageError if there is none */
export async function readLineFromStdin(what: string, stdin: AsyncIterable<unknown> = process.stdin): Promise<string> {
  let text = '';
  for await (const part of stdin) {
    text += String(part);
    if (text.length > mostCharacters) break;
  }
  const line = text.trim();
  if (line !== '' && line.length <= mostCharacters && !/\s/.test(line)) return line;
  throw new UsageError(`Stdin holds no ${what}.`, { next: `Send the ${what} alone, on one line.` });
}
