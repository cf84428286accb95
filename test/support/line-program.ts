import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { findDotnet, programOf } from './dotnet.js';

interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  readonly waiting: { answer(line: string): void; fail(error: Error): void }[];
}

/** A program in test/tools/ that answers each line of JSON with one; a single process for all questions of a test file. */
export class LineProgram<Question, Answer> {
  private started: Promise<Running> | undefined;

  constructor(private readonly name: string) {}

  async ask(question: Question): Promise<Answer> {
    this.started ??= this.start();
    const { child, waiting } = await this.started;
    const answered = new Promise<string>((answer, fail) => {
      waiting.push({ answer, fail });
    });
    child.stdin.write(`${JSON.stringify(question)}\n`);
    return JSON.parse(await answered);
  }

  async end(): Promise<void> {
    if (this.started === undefined) return;
    const { child } = await this.started;
    this.started = undefined;
    child.stdin.end();
    if (child.exitCode === null) await once(child, 'close');
  }

  private async start(): Promise<Running> {
    const dotnet = findDotnet();
    if (dotnet === undefined) throw new Error('.NET is not available on this machine');
    const child = spawn(dotnet, [await programOf(this.name, dotnet)]);
    const running: Running = { child, waiting: [] };
    createInterface(child.stdout).on('line', (line) => running.waiting.shift()?.answer(line));
    let said = '';
    child.stderr.on('data', (text) => {
      said += String(text);
    });
    child.on('close', (code) => {
      for (const one of running.waiting.splice(0)) one.fail(new Error(`${this.name} ended with ${code}: ${said}`));
    });
    return running;
  }
}
