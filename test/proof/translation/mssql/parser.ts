import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { findDotnet, programOf } from '../../../support/dotnet.js';
import { type Found, must } from '../only.js';

/** What the summary of a run calls it where this machine has none. */
export const parserName = "ScriptDom, Microsoft's parser of T-SQL (by .NET)";

interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly answers: Interface;
  readonly waiting: { answer(line: string): void; fail(error: Error): void }[];
}

let started: Promise<Running> | undefined;

/** One process for all texts of a test file. */
async function start(): Promise<Running> {
  const dotnet = must(findDotnet(), '.NET');
  const child = spawn(dotnet, [await programOf('tsql-tree', dotnet)]);
  const running: Running = { child, answers: createInterface(child.stdout), waiting: [] };
  running.answers.on('line', (line) => running.waiting.shift()?.answer(line));
  let said = '';
  child.stderr.on('data', (text) => {
    said += String(text);
  });
  child.on('close', (code) => {
    for (const one of running.waiting.splice(0)) one.fail(new Error(`the parser ended with ${code}: ${said}`));
  });
  return running;
}

/** The tree of a script. */
export async function parse(sql: string): Promise<Found> {
  started ??= start();
  const { child, waiting } = await started;
  const answered = new Promise<string>((answer, fail) => {
    waiting.push({ answer, fail });
  });
  child.stdin.write(`${JSON.stringify(sql)}\n`);
  const { tree, errors }: { readonly tree?: Found; readonly errors?: readonly string[] } = JSON.parse(await answered);
  if (tree === undefined) throw new Error(`the parser refuses it: ${errors?.join('\n')}`);
  return tree;
}

export async function endParser(): Promise<void> {
  if (started === undefined) return;
  const { child } = await started;
  started = undefined;
  child.stdin.end();
  if (child.exitCode === null) await once(child, 'close');
}
