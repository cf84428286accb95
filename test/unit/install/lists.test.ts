import { describe, expect, test } from 'vitest';
import { objectKey } from '../../../src/install/object-key.js';
import { planInstall } from '../../../src/install/plan-install.js';
import type { Installed } from '../../../src/install/types.js';
import { makePlan } from '../../../src/plan/make-plan.js';
import { registry } from '../../../src/policies/registry.js';
import { deliver } from '../../../src/render/deliverable.js';
import { completeSchema } from '../../support/data/later-tables.js';
import { mysql, postgresql } from './fixtures.js';

describe.each([postgresql, mysql])('the lists of $name', (dialect) => {
  const schema = completeSchema(dialect.name);
  const { plan, problems } = makePlan(registry, schema, dialect, { prefix: 'cleanup_', backup: 'deleted-rows' });
  if (plan === undefined) throw new Error(problems.map(({ what }) => what).join('\n'));
  const one = deliver(plan, dialect, {});
  const made = one.files.flatMap(({ objects }) => objects);
  const complete: Installed = {
    existing: made,
    tables: [],
    registered: made.map((object) => ({ ...object, artifactSha256: object.sha256, storedSha256: 'kept' })),
    signatures: [],
    stored: new Map(made.map((object) => [objectKey(object), 'kept'])),
    marked: new Set(),
    lostRuns: new Map(),
    keptOtherwise: new Map(),
    settings: new Set(one.settings.map((name) => `${one.names.procedure}.${name}`)),
  };
  const planned = (installed: Partial<Installed>) => {
    const server = { product: '', version: '18', versionText: '', timeZone: '', user: '', database: '', obstacles: [] };
    const found = { server, schema, deliverables: [one], absent: [], replaced: [] };
    return planInstall({ ...found, installed: { ...complete, ...installed } }, dialect);
  };
  const inCase = (name: string) => (dialect === mysql ? name.toUpperCase() : name);

  test('are dropped by no file that a DBA may run', () => {
    for (const { text } of one.files) expect(text).not.toMatch(/^\s*(DROP TABLE|TRUNCATE)/im);
  });

  test('have one table for each step, though two steps clean the same table', () => {
    const names = plan.steps.flatMap(({ table, list }) => (/^reg_log$/i.test(table.name) && list ? [list.name] : []));
    expect(names).toEqual([inCase('cleanup_dead_reg_log_superseded'), inCase('cleanup_dead_reg_log_deleted')]);
  });

  test('stay as they are where they fit', () => {
    expect(planned({})).toMatchObject({ isNeeded: false, extras: [] });
  });

  test('are made again by an installation where they do not fit', () => {
    const name = inCase('cleanup_dead_reg_log_deleted');
    const { extras, files } = planned({ stored: new Map([...complete.stored, [`table ${name}`, 'other columns']]) });
    expect(extras).toEqual([{ title: `drop table ${name}`, sql: expect.stringMatching(`DROP TABLE .*${name}`) }]);
    expect(files.map(({ file }) => file)).toEqual(['20-registry-tables.sql']);
  });

  test('of an earlier version go', () => {
    const former = { name: inCase('cleanup_newest_reg_log'), kind: 'table' } as const;
    const { extras, isNeeded } = planned({ existing: [...made, former] });
    expect(isNeeded).toBe(true);
    expect(extras.map(({ title }) => title)).toEqual([`drop table ${former.name}`]);
  });
});
