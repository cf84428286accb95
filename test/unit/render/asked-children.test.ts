import { expect, test } from 'vitest';
import { dialects } from '../../../src/dialects/registry.js';
import { makePlan } from '../../../src/plan/make-plan.js';
import { tokens } from '../../../src/policies/tokens.js';
import { askedChildren, looksAtOthers } from '../../../src/render/view/batch.js';
import { completeSchema } from '../../support/data/later-tables.js';

test.each(dialects)('a rule locks the children that it asks, unless their rows only leave: $name', (dialect) => {
  const { plan } = makePlan(tokens, completeSchema(dialect.name), dialect, {
    prefix: 'cleanup_',
    backup: 'deleted-rows',
  });
  const asked = plan?.steps.map((step) => ({
    table: step.table.name.toUpperCase(),
    children: askedChildren(step).map(({ table }) => table.name.toUpperCase()),
    others: looksAtOthers(step),
  }));
  expect(asked?.slice(0, 2)).toEqual([
    { table: 'IDN_OAUTH2_ACCESS_TOKEN', children: [], others: false },
    { table: 'IDN_OAUTH2_AUTHORIZATION_CODE', children: ['IDN_OIDC_REQ_OBJECT_REFERENCE'], others: true },
  ]);
});
