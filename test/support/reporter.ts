import { writeSync } from 'node:fs';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { clusterLines } from './clusters/figures.js';
import { adaptedInThisRun } from './engines/adapted-notes.js';
import { missingEngineIn } from './engines/missing-engine.js';
import { figureLines } from './scenario/figures.js';

/** Says after the run which engines were missing and what that cost, and ends with one line for machines. */
export class SummaryReporter implements Reporter {
  private lines: string[] = [];

  onInit(): void {
    // At exit and not at the run's end, since vitest may still have something to say after that.
    process.once('exit', () => {
      if (this.lines.length > 0) writeSync(1, `${this.lines.join('\n')}\n`);
    });
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    // A file that could not be loaded, a group that could not be prepared and an error outside any test fail the run too.
    const groups = modules.flatMap((module) => [module, ...module.children.allSuites()]);
    const broken = groups.filter((group) => group.errors().length > 0).length;
    const failed = count('failed') + broken + unhandledErrors.length;
    const skipped = tests.length - count('passed') - count('failed');
    this.lines = [
      ...notRun(tests).map(([engine, number]) => `${engine}: not available on this machine, ${number} tests not run`),
      ...imitated(),
      ...figureLines(tests.flatMap((test) => test.meta().random ?? [])),
      ...clusterLines(tests.flatMap((test) => test.meta().cluster ?? [])),
      `${count('passed')} passed, ${failed} failed, ${skipped} skipped`,
    ];
  }
}

const imitable = { mssql: 'SQL Server', oracle: 'Oracle' } as const;

function imitated(): readonly string[] {
  return (Object.keys(imitable) as (keyof typeof imitable)[]).flatMap((engine) => {
    const words = adaptedInThisRun(engine);
    if (words.length === 0) return [];
    return [`${engine}: an imitation of ${imitable[engine]}, which was sent other words for: ${words.join(', ')}`];
  });
}

function notRun(tests: readonly TestCase[]): [engine: string, number: number][] {
  const counts = new Map<string, number>();
  for (const test of tests) {
    const engine = missingEngine(test);
    if (engine !== undefined) counts.set(engine, (counts.get(engine) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => a.localeCompare(b));
}

function missingEngine(test: TestCase): string | undefined {
  const result = test.result();
  const note = result.state === 'skipped' ? (result.note ?? '') : '';
  const titles = [note, test.name];
  for (let group = test.parent; group.type === 'suite'; group = group.parent) titles.push(group.name);
  return titles.map(missingEngineIn).find((engine) => engine !== undefined);
}
