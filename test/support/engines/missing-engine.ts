import type { Engine, EngineName } from './types.js';

// One wording, written by the tests and read back by the reporter.

const ending = ': not available on this machine';

export function missingEngineTitle(engine: string): string {
  return `${engine}${ending}`;
}

/** The engine; where this machine has none, the test is passed over, and the run's end says so by name and count. */
export function engineOrSkip(engine: Engine | undefined, name: EngineName, { skip }: Skipping): Engine {
  return engine ?? skip(missingEngineTitle(name));
}

interface Skipping {
  skip(note: string): never;
}

/** Passes a test over, and has the run's end say so, where an imitation cannot prove what it is about. */
export function needsOriginal(engine: Engine, skip: (note: string) => void): void {
  if (engine.imitation === undefined) return;
  skip(missingEngineTitle(`${engine.name} itself (an imitation cannot prove it: ${engine.imitation})`));
}

/** The same where an imitation overlooks the hints by which the vendor's server locks. */
export function needsHints(engine: Engine, skip: (note: string) => void): void {
  if (engine.dialect === 'mssql') needsOriginal(engine, skip);
}

/** The engine that a test's (or its group's) title or skip note says is missing. */
export function missingEngineIn(title: string): string | undefined {
  return title.endsWith(ending) ? title.slice(0, -ending.length) : undefined;
}
