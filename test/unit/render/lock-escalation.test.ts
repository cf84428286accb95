import { expect, test } from 'vitest';
import { findDialect } from '../../../src/dialects/registry.js';
import { makePlan } from '../../../src/plan/make-plan.js';
import { registry } from '../../../src/policies/registry.js';
import { tokens } from '../../../src/policies/tokens.js';
import { renderPlan } from '../../../src/render/render-plan.js';
import { completeSchema } from '../../support/data/later-tables.js';

/** A statement that holds so many locks on one index locks the whole table: see the README of the dialect. */
const locksUntilEscalation = 5000;
/** In each index of the table: the row's own, and at worst one on a page of its own. */
const locksPerRow = 2;

test.each([tokens, registry])(
  'on SQL Server no statement of cleanup_$name may hold 5000 locks on an index',
  (policy) => {
    const dialect = findDialect('mssql');
    const { plan } = makePlan(policy, completeSchema('mssql'), dialect, { prefix: 'cleanup_', backup: 'deleted-rows' });
    const files = plan ? renderPlan(plan, dialect, {}).install : [];
    const text = files.map((file) => file.text).join('\n');
    const limits = [...text.matchAll(/TOP \((\d{2,})\)|@rows = (\d{2,})|'batch_rows_maximum', '(\d+)'/g)].map(
      ([, top, rows, preset]) => Number(top ?? rows ?? preset),
    );
    // The setting's preset, the limit of a restore, and that of a stopped run that empties its lists
    expect(limits.length).toBeGreaterThan(2);
    expect(Math.max(...limits) * locksPerRow).toBeLessThan(locksUntilEscalation);
  },
);
