import { expect, test } from 'vitest';

import { objectKey } from '../../../src/install/object-key.js';
import { planInstall } from '../../../src/install/plan-install.js';
import type { Found, Installed } from '../../../src/install/types.js';
import type { Table } from '../../../src/schema/types.js';
import { deliverable, mysql, postgresql, schemaOf } from './fixtures.js';

const one = deliverable();
const made = one.files.flatMap(({ objects }) => objects);

/** Everything installed as it should be. */
const complete: Installed = {
  existing: made,
  tables: [],
  registered: made.map((object) => ({ ...object, artifactSha256: object.sha256, storedSha256: `kept ${object.name}` })),
  signatures: [],
  marked: new Set(),
  lostRuns: new Map(),
  keptOtherwise: new Map(),
  stored: new Map(made.map((object) => [objectKey(object), `kept ${object.name}`])),
  settings: new Set(one.settings.map((name) => `${one.names.procedure}.${name}`)),
};
const found = (installed: Partial<Installed> = {}, changes: Partial<Found> = {}): Found => ({
  server: { product: '', version: '18', versionText: '18', timeZone: 'UTC', user: 'u', database: 'd', obstacles: [] },
  schema: schemaOf(),
  deliverables: [one],
  installed: { ...complete, ...installed },
  absent: [],
  replaced: [],
  ...changes,
});

test('nothing is needed where everything is the same', () => {
  const plan = planInstall(found(), postgresql);
  expect(plan).toMatchObject({ isNeeded: false, files: [], extras: [], missingSettings: [], unregistered: [] });
  expect(plan.objects).toHaveLength(made.length);
});

test('everything is new in an empty database', () => {
  const empty: Installed = {
    existing: [],
    tables: [],
    registered: [],
    signatures: [],
    marked: new Set(),
    lostRuns: new Map(),
    keptOtherwise: new Map(),
    stored: new Map(),
    settings: new Set(),
  };
  const plan = planInstall(found(empty), postgresql);
  expect(plan.files.map(({ file }) => file)).toEqual(one.files.map(({ file }) => file));
  expect(new Set(plan.objects.map(({ state }) => state))).toEqual(new Set(['new']));
});

test.each([
  [
    'registered from another text',
    {
      registered: complete.registered.map((entry) => ({
        ...entry,
        ...(entry.name === 'cleanup_tokens' && { artifactSha256: 'old' }),
      })),
    },
  ],
  ['changed on the server', { stored: new Map([...complete.stored, ['procedure cleanup_tokens', 'edited']]) }],
  ['not in the register', { registered: complete.registered.filter(({ name }) => name !== 'cleanup_tokens') }],
])('a procedure that is %s is installed again, and nothing else', (_, installed) => {
  const plan = planInstall(found(installed), postgresql);
  expect(plan.files.map(({ file }) => file)).toEqual(['30-cleanup_tokens.sql']);
  expect(plan.objects.filter(({ state }) => state === 'changed').map(({ object }) => object.name)).toEqual([
    'cleanup_tokens',
  ]);
});

test('a missing setting runs only the file that seeds it', () => {
  const settings = new Set([...complete.settings].filter((name) => !name.endsWith('.window')));
  const plan = planInstall(found({ settings }), postgresql);
  expect(plan.files.map(({ file }) => file)).toEqual(['20-tokens-tables.sql']);
  expect(plan.missingSettings).toEqual(['cleanup_tokens.window']);
});

test.each([
  [
    postgresql,
    [
      'ALTER TABLE public.cleanup_bak_idn_oauth2_access_token_scope ALTER COLUMN token_scope TYPE character varying(60)',
      'ALTER TABLE public.cleanup_bak_idn_oauth2_access_token_scope ADD COLUMN tenant_id integer',
    ],
  ],
  [
    mysql,
    [
      'ALTER TABLE CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE MODIFY COLUMN TOKEN_SCOPE varchar(60) NOT NULL',
      'ALTER TABLE CLEANUP_BAK_IDN_OAUTH2_ACCESS_TOKEN_SCOPE ADD COLUMN TENANT_ID int NULL',
    ],
  ],
])('a backup table is made to fit its source', (dialect, statements) => {
  const schema = schemaOf(dialect);
  const own = deliverable(dialect, schema);
  const source = schema.tables.find(({ name }) => name.toLowerCase() === 'idn_oauth2_access_token_scope');
  const name = own.backups.find((backup) => backup.source === source?.name)?.name ?? '';
  const columns = (source?.columns ?? []).flatMap((column) =>
    /tenant/i.test(column.name) ? [] : [/scope/i.test(column.name) ? { ...column, type: 'varchar(9)' } : column],
  );
  const table: Table = { name, columns, primaryKey: ['kept_row'], foreignKeys: [], indexes: [] };
  const plan = planInstall(
    found({ existing: [{ kind: 'table', name }], tables: [table] }, { schema, deliverables: [own] }),
    dialect,
  );
  expect(plan.extras.map(({ sql }) => sql)).toEqual(statements);
  expect(plan.objects.find(({ object }) => object.name === name)).toMatchObject({ state: 'changed' });
});

test('what is replaced is dropped first, and new', () => {
  const plan = planInstall(
    found({}, { replaced: [{ kind: 'procedure', name: 'cleanup_tokens', arguments: 'IN a integer' }] }),
    postgresql,
  );
  expect(plan.extras[0]?.sql).toBe('DROP ROUTINE IF EXISTS public.cleanup_tokens(IN a integer)');
  expect(plan.objects.find(({ object }) => object.name === 'cleanup_tokens')?.state).toBe('new');
});

test('two cleanups share the file of the support tables', () => {
  const two = deliverable(postgresql, schemaOf(), { procedure: 'other_cleanup', restore: 'other_restore' });
  const empty: Installed = {
    existing: [],
    tables: [],
    registered: [],
    signatures: [],
    marked: new Set(),
    lostRuns: new Map(),
    keptOtherwise: new Map(),
    stored: new Map(),
    settings: new Set(),
  };
  const plan = planInstall(found(empty, { deliverables: [one, two] }), postgresql);
  expect(plan.files.filter(({ file }) => file === '10-support-tables.sql')).toHaveLength(1);
});

test('the row of a setting that no procedure reads any more is removed, and the plan says what became of it', () => {
  const old = found({ settings: new Set([...complete.settings, 'cleanup_tokens.judge_by_access_period']) });
  const plan = planInstall(old, postgresql);
  expect(plan.isNeeded).toBe(true);
  expect(plan.extras).toEqual([
    {
      title: expect.stringContaining('cleanup_tokens.judge_by_access_period: access_period_grants replaces it'),
      sql: expect.stringContaining("WHERE procedure_name = 'cleanup_tokens' AND name = 'judge_by_access_period'"),
    },
  ]);
});
