import { LineProgram } from '../../../support/line-program.js';
import type { Found } from '../only.js';

/** What the summary of a run calls it where this machine has none. */
export const parserName = "ScriptDom, Microsoft's parser of T-SQL (by .NET)";

const parser = new LineProgram<string, { readonly tree?: Found; readonly errors?: readonly string[] }>('tsql-tree');

/** The tree of a script. */
export async function parse(sql: string): Promise<Found> {
  const { tree, errors } = await parser.ask(sql);
  if (tree === undefined) throw new Error(`the parser refuses it: ${errors?.join('\n')}`);
  return tree;
}

export const endParser = (): Promise<void> => parser.end();
