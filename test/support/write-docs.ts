/** Writes what documents say of all cleanups; `make generate` runs it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { policies } from '../../src/policies/index.js';
import { withCleanupTable } from '../../src/report/cleanup-table.js';
import { tablesPage } from '../../src/report/tables-page.js';
import { firstSeen } from './first-seen.js';

const readme = new URL('../../README.md', import.meta.url);
writeFileSync(readme, withCleanupTable(readFileSync(readme, 'utf8'), policies));
writeFileSync(new URL('../../docs/tables.md', import.meta.url), tablesPage(policies, firstSeen));
