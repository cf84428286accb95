import { expect, test } from 'vitest';
import { loadProfile } from '../../../src/dialects/profiles.js';
import { findDialect } from '../../../src/dialects/registry.js';
import { reviewPage } from '../../../src/pages/review-page.js';
import { makePlan } from '../../../src/plan/make-plan.js';
import { policies } from '../../../src/policies/index.js';
import { newReview } from '../../../src/review/folder.js';
import { readProofs } from '../../../src/review/proofs.js';
import { prepared, statementOf } from '../../../src/review/statement.js';

const profiles = [
  ['postgresql', 'identity-5.14'],
  ['mysql', 'apim-4.5'],
  ['mssql', 'identity-5.14'],
  ['oracle', 'identity-5.14'],
] as const;

test.each(profiles)(
  'the page for %s shows every rule, every table, every grant and every byte that is signed',
  (name, profile) => {
    const dialect = findDialect(name);
    const schema = loadProfile(profile, dialect);
    const all = policies.flatMap((policy) => {
      const { plan } = makePlan(policy, schema, dialect, { prefix: 'cleanup_', backup: 'deleted-rows' });
      return plan === undefined ? [] : [prepared(plan, dialect, {})];
    });
    const review = newReview('review', statementOf(all, dialect, '1.2.3'));
    const madeAt = '2026-01-01T00:00:00Z';
    const page = reviewPage({
      review,
      dialect,
      all,
      madeAt,
      since: undefined,
      changes: [],
      diffs: [],
      findings: new Map(),
      solved: new Map(),
    });
    const text = page
      .replace(/<[^>]+>/g, '')
      .replaceAll('&#x27;', "'")
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&quot;', '"')
      .replaceAll('&#x3D;', '=')
      .replaceAll('&#x60;', '`')
      .replaceAll('&amp;', '&');
    for (const { plan, deliverable } of all) {
      for (const { rule } of plan.steps) for (const reason of rule.reasons) expect(text).toContain(reason.meaning);
      for (const { source } of plan.backups) expect(text).toContain(source.name);
      for (const { on } of deliverable.grants) expect(text).toContain(on);
      for (const file of deliverable.files) expect(text).toContain(file.text);
    }
    for (const [file, sum] of Object.entries(review.statement.files)) expect(text).toContain(`${file}\n${sum}`);
    for (const words of readProofs().assumptions) expect(text).toContain(words);
    expect(page).not.toMatch(/<script|src=|url\(/);
    const labels = [...page.matchAll(/aria-label="([^"]+)"/g)].map(([, label]) => label);
    expect(labels).toEqual([...new Set(labels)]);
  },
);
