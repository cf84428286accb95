import { requiredEngines } from './acquire.js';
import { beginRun, endRun, hasBegun } from './run-folder.js';

// Nothing is started here: the first test that asks for an engine starts it, and this ends whatever was started.

let folder: string | undefined;

export function setup(): void {
  // A misspelt name would require nothing; better to hear of it before the tests than never.
  requiredEngines();
  // Every project of the configuration comes by here; they share one run.
  if (hasBegun()) return;
  folder = beginRun();
}

export function teardown(): void {
  if (folder !== undefined) endRun(folder);
}
