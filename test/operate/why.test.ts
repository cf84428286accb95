import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deepclean, deepcleanProcess, useBuiltCli } from '../cli/run-cli.js';
import { sessionStore } from '../support/data/auth-session-rows.js';
import { tokenTables } from '../support/data/create-tables.js';
import { insertRows } from '../support/data/insert.js';
import { app, code, databaseOf, type PlacedRow, token } from '../support/data/row-factories.js';
import { before } from '../support/data/span.js';
import { familyOf, productTables } from '../support/deployment.js';
import { describeEngines } from '../support/engines/index.js';
import { formatStamp } from '../support/model/stamps.js';

useBuiltCli();

interface Row {
  readonly table: string;
  readonly foundBy: readonly string[];
  readonly installed: boolean;
  readonly verdict: 'dead' | 'lives';
  readonly reason: string | null;
  readonly since: string | null;
  readonly dies: { readonly at: string; readonly reason: string } | null;
  readonly values: Readonly<Record<string, string>>;
  readonly keptBecause: readonly string[];
  readonly reasons: readonly { readonly name: string; readonly holds: boolean; readonly missing: readonly string[] }[];
  readonly now: string;
  readonly cutOffs: Readonly<Record<string, string>>;
}

interface Answer {
  readonly exitCode: number;
  readonly found: boolean;
  readonly rows: readonly Row[];
  readonly taken: readonly {
    readonly runId: number;
    readonly table: string;
    readonly restore: string;
    readonly thereAgain: boolean;
  }[];
  readonly passedOver: readonly { readonly table: string; readonly column: string }[];
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const upper = (values: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name.toUpperCase(), value]));

const access = 'the-access-token-itself';
const jti = 'id-of-a-jwt';
const jwt = ['{"alg":"none"}', JSON.stringify({ jti }), '']
  .map((part) => Buffer.from(part).toString('base64url'))
  .join('.');

/** Rows that nothing but a rule tells apart, made in whole seconds. */
function rowsAt(utcNow: bigint): readonly PlacedRow[] {
  const ago = (span: Parameters<typeof before>[1]): string => before(utcNow, span);
  return [
    app(1n),
    token('revoked', { TIME_CREATED: ago({ days: 1 }), TOKEN_STATE: 'REVOKED' }),
    token('young', { TIME_CREATED: ago({ hours: 1 }), ACCESS_TOKEN_HASH: sha256(access) }),
    token('over', {
      TIME_CREATED: ago({ days: 9 }),
      ACCESS_TOKEN_HASH: JSON.stringify({ hash: sha256(jti), algorithm: 'SHA-256' }),
    }),
    token('holder', { TIME_CREATED: ago({ hours: 1 }) }),
    code('kept', { TIME_CREATED: ago({ days: 9 }), STATE: 'INACTIVE', TOKEN_ID: 'holder' }),
    ...[1n, 2n].map((hours): PlacedRow => {
      const created = (utcNow - hours * 24n * 3_600_000_000n) * 1_000n;
      return [
        sessionStore,
        {
          SESSION_ID: 'session',
          SESSION_TYPE: 'AppAuthFramework',
          OPERATION: hours === 1n ? 'DELETE' : 'STORE',
          TIME_CREATED: created,
          TENANT_ID: -1234n,
          EXPIRY_TIME: created + 3_600_000_000_000_000n,
        },
      ];
    }),
  ];
}

describeEngines(['postgresql', 'mariadb', 'mysql', 'mssql', 'oracle'], (engine) => {
  let product: Awaited<ReturnType<typeof productTables>>;
  const utcNow = (BigInt(Date.now()) / 1000n) * 1_000_000n;
  const env = () => ({ DEEPCLEAN_URL: product.database.url });
  beforeAll(async () => {
    product = await productTables(engine, { tables: [...tokenTables, sessionStore] });
    await insertRows(product.query, familyOf(engine), product.schema, databaseOf(rowsAt(utcNow)));
  });
  afterAll(() => product?.database.drop());

  async function ask(...args: string[]): Promise<Answer> {
    const { exitCode, stdout, stderr } = await deepclean(['why', ...args, '--json'], { env: env() });
    expect(stderr).toBe('');
    return { exitCode, ...JSON.parse(stdout) };
  }
  async function only(...args: string[]): Promise<Row> {
    const { exitCode, rows } = await ask(...args);
    expect({ exitCode, rows: rows.length }).toEqual({ exitCode: 0, rows: 1 });
    return rows[0] as Row;
  }

  describe('before anything is installed', () => {
    test('a row is judged by what is configured, and nothing takes it', async () => {
      expect(await only('revoked')).toMatchObject({ verdict: 'dead', reason: 'revoked', installed: false });
      const { stdout } = await deepclean(['why', 'revoked'], { env: env() });
      expect(stdout).toContain('cleanup_tokens is not installed here, so nothing takes it');
    });
  });

  describe('with the cleanups', () => {
    beforeAll(async () => {
      const { exitCode, stderr } = await deepclean(['install-procs', '--yes'], { env: env() });
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    });

    test('a revoked token is dead for that reason, and no time says since when', async () => {
      const row = await only('revoked');
      expect(row).toMatchObject({ verdict: 'dead', reason: 'revoked', since: null, dies: null, installed: true });
      expect(row.foundBy.map((name) => name.toUpperCase())).toEqual(['TOKEN_ID']);
      expect(row.reasons.filter(({ holds }) => holds).map(({ name }) => name)).toEqual(['revoked']);
    });

    test('a token whose periods run is dead once both have been over for the safe period on any clock', async () => {
      const row = await only('young');
      const lag = Date.parse(row.now) - Date.parse(row.cutOffs.cut_off ?? '');
      const ends = Number(utcNow / 1000n) - 3_600_000 + 24 * 3_600_000;
      expect(row).toMatchObject({ verdict: 'lives', reason: null, dies: { reason: 'periods_over' } });
      // The server reads its clock between two seconds.
      expect(Math.abs(Date.parse(row.dies?.at ?? '') - ends - lag)).toBeLessThanOrEqual(1000);
      expect(row.reasons.find(({ name }) => name === 'revoked')?.missing.join()).toMatch(
        /TOKEN_STATE is REVOKED \(it is ACTIVE\)/i,
      );
    });

    test('a token whose periods are over says since when', async () => {
      const row = await only('over');
      const lag = Date.parse(row.now) - Date.parse(row.cutOffs.cut_off ?? '');
      const ended = Number(utcNow / 1000n) - 9 * 86_400_000 + 24 * 3_600_000;
      expect(row).toMatchObject({ verdict: 'dead', reason: 'periods_over' });
      expect(Math.abs(Date.parse(row.since ?? '') - ended - lag)).toBeLessThanOrEqual(1000);
    });

    test('a code is kept by its token, and the id of the token finds both', async () => {
      const { rows } = await ask('holder');
      expect(rows.map(({ table }) => table.toUpperCase())).toEqual([
        'IDN_OAUTH2_ACCESS_TOKEN',
        'IDN_OAUTH2_AUTHORIZATION_CODE',
      ]);
      const kept = await only('kept');
      expect(kept).toEqual({ ...rows[1], foundBy: kept.foundBy, now: kept.now, cutOffs: kept.cutOffs });
      expect(kept).toMatchObject({ verdict: 'lives', dies: null });
      const { stdout } = await deepclean(['why', 'kept'], { env: env() });
      expect(stdout).toMatch(/a run that deletes the row of IDN_OAUTH2_ACCESS_TOKEN looks at this one after it/i);
      expect(kept.keptBecause.join()).toMatch(/no row of IDN_OAUTH2_ACCESS_TOKEN has its TOKEN_ID \(there is one\)/i);
    });

    test('a token is found by its hash, alone or in JSON', async () => {
      for (const [hash, state] of [
        [sha256(access), 'lives'],
        [sha256(jti), 'dead'],
      ] as const) {
        const row = await only(hash);
        expect(row).toMatchObject({ verdict: state });
        expect(row.foundBy.map((name) => name.toUpperCase())).toEqual(['ACCESS_TOKEN_HASH']);
      }
    });

    test('a token itself comes from stdin, a JWT by the id that it holds, and neither is printed', async () => {
      for (const [secret, verdict] of [
        [access, 'lives'],
        [jwt, 'dead'],
      ] as const) {
        for (const more of [['--json'], []]) {
          const { exitCode, stdout, stderr } = await deepcleanProcess(['why', '--token-from-stdin', ...more], {
            env: env(),
            stdin: `${secret}\n`,
          });
          expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
          expect(stdout).toMatch(new RegExp(`\\b${verdict}\\b`));
          for (const hidden of [secret, sha256(secret), jti, sha256(jti)]) expect(stdout).not.toContain(hidden);
        }
      }
    });

    test('each row of a session has a verdict of its own, and what ended it takes the older one', async () => {
      const { rows } = await ask('session');
      expect(rows.map(({ verdict, reason, values }) => [upper(values).OPERATION, verdict, reason]).sort()).toEqual([
        ['DELETE', 'dead', 'deleted'],
        ['STORE', 'dead', 'superseded'],
      ]);
    });

    test('nothing that names a row or holds a secret is shown', async () => {
      const row = await only('over');
      expect(Object.keys(upper(row.values)).sort()).toEqual([
        'GRANT_TYPE',
        'REFRESH_TOKEN_TIME_CREATED',
        'REFRESH_TOKEN_VALIDITY_PERIOD',
        'TIME_CREATED',
        'TOKEN_STATE',
        'VALIDITY_PERIOD',
      ]);
      expect(upper(row.values).TIME_CREATED).toBe(formatStamp(utcNow - 9n * 86_400_000_000n));
    });

    test('an identifier that no row has is neither live nor kept', async () => {
      expect(await ask('no-such-row')).toMatchObject({ exitCode: 1, found: false, rows: [], taken: [] });
      const { stdout } = await deepclean(['why', 'no-such-row'], { env: env() });
      expect(stdout).toMatch(/^No row with this identifier.*: neither live nor kept\.$/m);
    });

    test('the rows stay as they are: nothing is written', async () => {
      const rows = await product.query('SELECT COUNT(*) AS n FROM IDN_OAUTH2_ACCESS_TOKEN');
      expect(Number(rows[0]?.n)).toBe(4);
    });
  });

  describe('after a run', () => {
    let runId: number;
    beforeAll(async () => {
      const { stdout } = await deepclean(['run', 'tokens', '--no-backlog', '--json'], { env: env() });
      runId = Number(JSON.parse(stdout).runId);
    });

    test('a dead row is gone, and the run that took it can be named and restored', async () => {
      const answer = await ask('revoked');
      expect(answer).toMatchObject({ exitCode: 0, found: true, rows: [] });
      expect(answer.taken).toMatchObject([{ runId, restore: `deepclean restore ${runId}`, thereAgain: false }]);
    });

    test('a row that was called live is there', async () => {
      expect(await only('young')).toMatchObject({ verdict: 'lives' });
    });

    test('a row that was restored is there again, and its copy is kept', async () => {
      expect(await deepclean(['restore', String(runId)], { env: env() })).toMatchObject({ exitCode: 0 });
      const answer = await ask('revoked');
      expect(answer.rows).toMatchObject([{ verdict: 'dead' }]);
      expect(answer.taken).toMatchObject([{ runId, thereAgain: true }]);
    });
  });
});
