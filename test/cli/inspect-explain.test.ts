import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadProfile } from '../../src/dialects/profiles.js';
import { findDialect } from '../../src/dialects/registry.js';
import { policies } from '../../src/policies/index.js';
import { toInspectionFile } from '../../src/schema/inspection.js';
import { deepclean, useBuiltCli } from './run-cli.js';

useBuiltCli();

const explain = (...args: readonly string[]) => deepclean(['inspect', '--explain', ...args]);

describe('inspect --explain with a profile', () => {
  test('says in words what each cleanup does there, what it leaves out and why, and which index would help', async () => {
    const { exitCode, stdout, stderr } = await explain('--dialect', 'mysql', '--profile', 'apim-2.6');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const lines = stdout.split('\n').map((line) => line.trim().replace(/ {2,}/g, '  '));
    expect(lines[0]).toBe('profile apim-2.6');
    for (const { name, title } of policies)
      expect(lines.filter((line) => line.startsWith(`${name}  `) && line.endsWith(`  ${title}`))).toHaveLength(1);
    for (const line of [
      'jti  complete  ids of JWTs that have expired',
      'tokens  partial  dead access tokens and the codes that led to them',
      'vc_nonces  not for this schema  nonces of verifiable credentials that have expired',
      'cleans IDN_OIDC_JTI, along its key, by JWT_ID',
      'cleans IDN_AUTH_SESSION_STORE, along a list that each run makes, by SESSION_ID',
      'cleans WF_REQUEST, along its key, by UUID, with the rows of WF_REQUEST_ENTITY_RELATIONSHIP, WF_WORKFLOW_REQUEST_RELATION that go with it',
      'leaves out IDN_OAUTH2_CIBA_AUTH_CODE, IDN_OAUTH2_DEVICE_FLOW: this schema has no such table',
      'Indexes that would help (deepclean makes none)',
      'CREATE INDEX IDX_IDN_AUTH_SESSION_STORE_EXPIRY_TIME_SESSION_ID ON IDN_AUTH_SESSION_STORE (EXPIRY_TIME, SESSION_ID);',
      'without it the list of what has ended, made once a run, is made by reading every row with its object',
      'it costs about 60 MB per million rows, and one more write with each row that the product adds to IDN_AUTH_SESSION_STORE',
    ]) {
      expect(lines).toContain(line);
    }
    expect(stdout).not.toContain('cleanup_vc_nonces');
  });

  test('goes through PostgreSQL by blocks', async () => {
    const { exitCode, stdout } = await explain('--dialect', 'postgresql', '--profile', 'identity-5.14');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('cleans idn_oidc_jti, block by block\n');
  });

  test('gives the same as data with --json', async () => {
    const { exitCode, stdout, stderr } = await explain('--profile', 'identity-5.14-postgresql', '--json');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const { cleanups, ...head } = JSON.parse(stdout);
    expect(head).toEqual({ source: 'profile identity-5.14', dialect: 'postgresql' });
    expect(cleanups.map(({ policy }: { policy: string }) => policy)).toEqual(policies.map(({ name }) => name));
    expect(cleanups).toContainEqual({
      policy: 'workflows',
      procedure: 'cleanup_workflows',
      otherTables: [],
      withoutReason: [],
      title: 'workflow requests that were finished long ago',
      state: 'complete',
      cleans: [
        {
          table: 'wf_request',
          how: 'block by block',
          withRowsOf: ['wf_request_entity_relationship', 'wf_workflow_request_relation'],
        },
      ],
      leftOut: [],
      why: [],
      advice: [
        {
          table: 'wf_workflow_request_relation',
          columns: ['request_id'],
          helps: 'each row deleted from wf_request has wf_workflow_request_relation read whole',
          entryBytes: 52,
          statement:
            'CREATE INDEX idx_wf_workflow_request_relation_request_id ON public.wf_workflow_request_relation (request_id)',
        },
      ],
    });
    expect(cleanups).toContainEqual(
      expect.objectContaining({
        policy: 'vc_nonces',
        state: 'not for this schema',
        why: ['profile identity-5.14 has no table IDN_VC_NONCE'],
      }),
    );
  });
});

describe('inspect --explain with an inspection file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'deepclean-explain-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('says what is refused and why, and exits with 1', async () => {
    const file = join(folder, 'schema.json');
    const text = toInspectionFile(loadProfile('apim-2.6', findDialect('mysql')));
    const schema = JSON.parse(text);
    const jti = schema.tables.find(({ name }: { name: string }) => name === 'IDN_OIDC_JTI');
    Object.assign(
      jti.columns.find(({ name }: { name: string }) => name === 'EXP_TIME'),
      { type: 'varchar(30)', family: 'text' },
    );
    writeFileSync(file, JSON.stringify(schema));
    const { exitCode, stdout } = await explain('--inspection', file);
    expect(exitCode).toBe(1);
    expect(stdout).toContain(
      'is refused: IDN_OIDC_JTI.EXP_TIME is of type varchar(30), expected a date and time without zone',
    );
  });
});
