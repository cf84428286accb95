import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Scenario } from './scenario.js';

const folder = new URL('../../scenarios/', import.meta.url);

/** Every scenario there is: a new file in the folder is found by itself. */
export const scenarios: readonly Scenario[] = await Promise.all(
  readdirSync(fileURLToPath(folder))
    .filter((file) => file.endsWith('.ts'))
    .sort()
    .map(async (file) => ((await import(new URL(file, folder).href)) as { scenario: Scenario }).scenario),
);
