import { writeSync } from 'node:fs';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { missingEngineIn } from './engines/missing-engine.js';
import { adaptedInThisRun } from './engines/mssql-driver.js';

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
    // A file that could not be loaded and an error outside any test fail the run as well.
    const brokenModules = modules.filter((module) => module.errors().length > 0).length;
    const failed = count('failed') + brokenModules + unhandledErrors.length;
    const skipped = tests.length - count('passed') - count('failed');
    this.lines = [
      ...notRun(tests).map(([engine, number]) => `${engine}: not available on this machine, ${number} tests not run`),
      ...imitated(),
      `${count('passed')} passed, ${failed} failed, ${skipped} skipped`,
    ];
  }
}

function imitated(): readonly string[] {
  const words = adaptedInThisRun();
  if (words.length === 0) return [];
  return [`mssql: an imitation of SQL Server, which was sent other words for: ${words.join(', ')}`];
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
