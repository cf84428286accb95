import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { tokens } from '../../../src/policies/tokens.js';
import { type Row as EvaluatedRow, type Facts, reasonOfDeath } from '../../../src/policy/evaluate.js';
import { defaultSettings } from '../../support/data/case-types.js';
import { conformanceCases, momentOf } from '../../support/data/cases.js';
import { databaseAt } from '../../support/data/random.js';
import { randomPlan } from '../../support/data/random-plan.js';
import { tokenReferences } from '../../support/data/references.js';
import { databaseOf } from '../../support/data/row-factories.js';
import { momentsOf } from '../../support/model/clock.js';
import type { ModelOptions, ModelResult } from '../../support/model/options.js';
import type { Database, Row } from '../../support/model/rows.js';
import { formatStamp, parseStamp } from '../../support/model/stamps.js';
import { survivorsOfTokens } from '../../support/model/tokens-model.js';

const utcNow = parseStamp('2026-11-23 15:10:00') ?? 0n;

/** The policy as data, evaluated in memory, finds the dead rows that the independent model finds. */
test.each(conformanceCases.map((aCase) => [aCase.name, aCase] as const))('%s', (_, aCase) => {
  const moment = momentOf(aCase, utcNow, 330);
  agree(databaseOf(aCase.rows(moment)), {
    ...defaultSettings,
    ...aCase.settings,
    utcNow: formatStamp(moment.utcNow),
    serverNow: formatStamp(moment.serverNow),
  });
});

test('agrees with the model on random databases', () => {
  fc.assert(
    fc.property(randomPlan, (plan) => {
      const { database, options } = databaseAt(plan, { utcNow, serverOffsetMinutes: 330, fractions: true });
      agree(database, options);
    }),
    { numRuns: 300 },
  );
});

function agree(database: Database, options: ModelOptions): void {
  const model = survivorsOfTokens(database, tokenReferences, options);
  expect(deadByPolicy(database, options)).toEqual(model.dead);
}

function deadByPolicy(database: Database, options: ModelOptions): ModelResult['dead'] {
  const { cutOff, dayAgo, auditCutOff } = momentsOf(database, options);
  const dead: Record<string, Record<string, number>> = {};
  const left: Record<string, readonly Row[]> = { ...database };
  for (const step of tokens.steps) {
    const facts: Facts = {
      cutOffs: { cut_off: cutOff, grace_cut_off: dayAgo, audit_cut_off: auditCutOff },
      enabled: { judge_by_access_period: options.judgeByAccessPeriod, audit_pruning: options.auditPruning },
      tables: Object.fromEntries(Object.entries(left).map(([table, rows]) => [table, rows.map(evaluated)])),
    };
    left[step.table] = (left[step.table] ?? []).filter((row) => {
      const reason = reasonOfDeath(step, evaluated(row), facts);
      if (reason === undefined) return true;
      const reasons = dead[step.table] ?? {};
      dead[step.table] = { ...reasons, [reason]: (reasons[reason] ?? 0) + 1 };
      return false;
    });
  }
  return dead;
}

const stamps = new Set([
  'TIME_CREATED',
  'REFRESH_TOKEN_TIME_CREATED',
  'ISSUED_TIME',
  'EXPIRY_TIME',
  'INVALIDATED_TIME',
]);

/** Stamps as microseconds; a zero date is no stamp. */
const evaluated = (row: Row): EvaluatedRow =>
  Object.fromEntries(
    Object.entries(row).map(([column, value]) => [column, stamps.has(column) ? (parseStamp(value) ?? null) : value]),
  );
