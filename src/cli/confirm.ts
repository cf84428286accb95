import { createInterface } from 'node:readline/promises';
import { UsageError } from '../errors.js';

/** Asks before something is changed; `yes` was said already where --yes was given. @throws UsageError where nobody can be asked */
export async function confirm(question: string, yes: boolean): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new UsageError('Nothing was changed: this is not a terminal, so nobody can be asked for confirmation.', {
      next: 'Read the plan above, then add --yes.',
    });
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    // Ctrl-C and Ctrl-D close the terminal without an answer.
    const closed = new Promise<string>((resolve) => terminal.once('close', () => resolve('')));
    const answer = await Promise.race([terminal.question(`${question} [y/N] `), closed]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}
