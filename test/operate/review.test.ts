import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadProfile } from '../../src/dialects/profiles.js';
import { findDialect } from '../../src/dialects/registry.js';
import { deepclean, useBuiltCli } from '../cli/run-cli.js';
import { sessionStore } from '../support/data/auth-session-rows.js';
import { tokenTables } from '../support/data/create-tables.js';
import { insertRows } from '../support/data/insert.js';
import { app, code, databaseOf, type PlacedRow, token } from '../support/data/row-factories.js';
import { before } from '../support/data/span.js';
import { defaultProfile, familyOf, productTables } from '../support/deployment.js';
import { describeEngines } from '../support/engines/index.js';
import { formatStamp } from '../support/model/stamps.js';
import { makeKey } from '../support/ssh-keys.js';

useBuiltCli();

/** Tokens on both sides of the line, each with a name that no page may show. */
function rowsAt(utcNow: bigint): readonly PlacedRow[] {
  const ago = (span: Parameters<typeof before>[1]): string => before(utcNow, span);
  return [
    app(1n),
    token('hidden-1', { TIME_CREATED: ago({ days: 1 }), TOKEN_STATE: 'REVOKED' }),
    token('hidden-2', { TIME_CREATED: ago({ days: 40 }), TOKEN_STATE: 'REVOKED' }),
    token('hidden-3', { TIME_CREATED: ago({ hours: 1 }) }),
    token('hidden-4', { TIME_CREATED: ago({ days: 9 }) }),
    token('hidden-5', { TIME_CREATED: ago({ days: 8 }) }),
    token('hidden-6', { TIME_CREATED: ago({ hours: 20 }) }),
    token('hidden-9', { TIME_CREATED: ago({ hours: 29 }) }),
    code('hidden-7', { TIME_CREATED: ago({ days: 9 }), STATE: 'INACTIVE', TOKEN_ID: 'hidden-3' }),
    [
      sessionStore,
      {
        SESSION_ID: 'hidden-8',
        SESSION_TYPE: 'AppAuthFramework',
        OPERATION: 'DELETE',
        TIME_CREATED: (utcNow - 48n * 3_600_000_000n) * 1_000n,
        TENANT_ID: -1234n,
        EXPIRY_TIME: utcNow * 1_000n,
      },
    ],
  ];
}

describeEngines(['postgresql', 'mariadb', 'mysql', 'mssql', 'oracle'], (engine) => {
  const home = mkdtempSync(join(tmpdir(), 'deepclean-review-'));
  const key = makeKey(home, 'jane');
  const utcNow = (BigInt(Date.now()) / 1000n) * 1_000_000n;
  const out = join(home, 'review');
  let product: Awaited<ReturnType<typeof productTables>>;

  beforeAll(async () => {
    product = await productTables(engine, { tables: [...tokenTables, sessionStore] });
    await insertRows(product.query, familyOf(engine), product.schema, databaseOf(rowsAt(utcNow)));
  });
  afterAll(async () => {
    await product?.database.drop();
    rmSync(home, { recursive: true, force: true });
  });

  async function review(...more: string[]) {
    const args = ['review', '--policy', 'tokens,sessions', '--out', out, '--json', ...more];
    const { exitCode, stdout, stderr } = await deepclean(args, {
      env: { DEEPCLEAN_URL: product.database.url },
      cwd: home,
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    return { report: JSON.parse(stdout), page: readFileSync(join(out, 'review.html'), 'utf8') };
  }
  async function sign(): Promise<void> {
    expect(await deepclean(['sign', out, '--key', key, '--name', 'Jane Doe'])).toMatchObject({ exitCode: 0 });
  }
  /** The rows of a table of the page, as texts of cells. */
  function tableOf(page: string, caption: RegExp): readonly (readonly string[])[] {
    const found = page.split('<table>').find((part) => caption.test(/<caption>(.*?)<\/caption>/.exec(part)?.[1] ?? ''));
    const rows = [...((found ?? '').split('</table>')[0] ?? '').matchAll(/<tr>(.*?)<\/tr>/gs)].slice(1);
    return rows.map(([row]) =>
      [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell = '']) => cell.replace(/<[^>]+>/g, '')),
    );
  }

  test('the longest dead rows and the live ones nearest to the line are shown by their times, the next to die first', async () => {
    const { page } = await review();
    const dead = tableOf(page, /ACCESS_TOKEN: the longest dead/i);
    expect(dead.map((row) => row[1])).toContain('periods_over');
    const over = dead.filter((row) => row[1] === 'periods_over');
    expect(over.map((row) => row.join())).toEqual([
      expect.stringContaining(formatStamp(utcNow - 9n * 86_400_000_000n)),
      expect.stringContaining(formatStamp(utcNow - 8n * 86_400_000_000n)),
    ]);
    const live = tableOf(page, /ACCESS_TOKEN: live, and nearest/i).filter((row) => row[1] === 'periods_over');
    expect(live.map((row) => row.join())).toEqual([
      expect.stringContaining(formatStamp(utcNow - 29n * 3_600_000_000n)),
      expect.stringContaining(formatStamp(utcNow - 20n * 3_600_000_000n)),
      expect.stringContaining(formatStamp(utcNow - 3_600_000_000n)),
    ]);
    expect((live[0]?.[0] ?? '') < (live[1]?.[0] ?? '')).toBe(true);
    const codes = tableOf(page, /AUTHORIZATION_CODE: live, and nearest/i);
    expect(codes.map((row) => row.slice(0, 2))).toEqual([
      ['never', expect.stringMatching(/no row of IDN_OAUTH2_ACCESS_TOKEN has its TOKEN_ID \(there is one\)/i)],
    ]);
    const sessions = tableOf(page, /SESSION_STORE: the longest dead/i);
    expect(sessions.map((row) => row[1])).toEqual(['deleted']);
  });

  test('no value that names a token, a code, a session or a user is on the page', async () => {
    const { page } = await review();
    expect(page).not.toMatch(/hidden-|access-hash|refresh-hash|someone|key-1/);
  });

  test('without --rules-only it reads, with it nothing of the product is shown', async () => {
    const { page } = await review('--rules-only');
    expect(page).not.toContain('the longest dead');
  });

  test('a changed rule is evaluated beside the signed one: on these rows so many differ', async () => {
    const { report } = await review();
    expect(report.since).toBeNull();
    // As if the version that was signed had not known that a revoked token is dead.
    const path = join(out, 'review.json');
    const statement = JSON.parse(readFileSync(path, 'utf8'));
    for (const step of statement.cleanups[0].rules.steps) {
      if (/ACCESS_TOKEN$/i.test(step.table))
        step.reasons = step.reasons.filter((one: { name: string }) => one.name !== 'revoked');
    }
    writeFileSync(path, JSON.stringify(statement));
    await sign();
    const { report: next, page } = await review();
    expect(next.changes).toMatchObject([
      {
        cleanup: 'tokens',
        effect: 'more',
        words: expect.stringMatching(/^now also deletes rows of \S*ACCESS_TOKEN as revoked/i),
      },
    ]);
    const tokens = next.compared.find(({ table }: { table: string }) => /ACCESS_TOKEN$/i.test(table));
    expect(tokens).toMatchObject({ cleanup: 'tokens', judged: 7, isAll: true, dieNow: 2, liveNow: 0 });
    const rows = tableOf(page, /ACCESS_TOKEN: rows that differ/i);
    expect(rows.map((row) => row.slice(0, 2))).toEqual([
      ['lives', 'revoked'],
      ['lives', 'revoked'],
    ]);
    expect(page).not.toContain('hidden-');
    // Of all rows, not only of these.
    expect(page).toMatch(/Some row of IDN_OAUTH2_ACCESS_TOKEN is deleted only by the new rule/);
    expect(page.replaceAll('&#x3D;', '=')).toMatch(/IDN_OAUTH2_ACCESS_TOKEN: .*TOKEN_STATE = &#x27;REVOKED&#x27;/);
    expect(page).toContain('Proven: no row of IDN_OAUTH2_ACCESS_TOKEN is deleted only by the signed rule, whatever');
  });

  test('a change that no row is concerned by: 0 differ', async () => {
    await sign();
    const { report, page } = await review('--set', 'safe_period_minutes=119');
    expect(page).toContain('Some row of IDN_OAUTH2_ACCESS_TOKEN is deleted only by the new rule');
    expect(page).toMatch(
      /Proven: no row of IDN_OAUTH2_ACCESS_TOKEN is deleted only by the signed rule, with the values/,
    );
    expect(report.changes).toMatchObject([
      { effect: 'more', words: expect.stringContaining('119 minutes instead of 120') },
    ]);
    const sums = report.compared.map(({ dieNow, liveNow }: { dieNow: number; liveNow: number }) => dieNow + liveNow);
    expect(sums.length).toBeGreaterThan(0);
    expect(new Set(sums)).toEqual(new Set([0]));
  });

  test('a smaller uncertainty of clocks deletes a row that lived: 1 differs', async () => {
    await sign();
    // The periods of the token of 29 hours ended 5 hours ago: on some clock they have not.
    const { report } = await review('--set', 'policies.tokens.clock_uncertainty_hours=0');
    expect(report.changes).toContainEqual(
      expect.objectContaining({ effect: 'more', words: expect.stringContaining('begins with 0 hours instead of') }),
    );
    const tokens = report.compared.find(({ table }: { table: string }) => /ACCESS_TOKEN$/i.test(table));
    expect(tokens).toMatchObject({ judged: 7, dieNow: 1, liveNow: 0 });
  });

  test('every cleanup of a whole schema is shown and compared', async () => {
    const whole = loadProfile(defaultProfile(engine), findDialect(engine.dialect));
    const all = await productTables(engine, { tables: whole.tables.map(({ name }) => name) });
    try {
      const args = ['review', '--out', join(home, 'whole'), '--json'];
      const env = { DEEPCLEAN_URL: all.database.url };
      const first = await deepclean(args, { env, cwd: home });
      expect(first).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await deepclean(['sign', join(home, 'whole'), '--key', key])).toMatchObject({ exitCode: 0 });
      const second = await deepclean([...args, '--backup', 'none'], { env, cwd: home });
      expect(second).toMatchObject({ exitCode: 0, stderr: '' });
      const { changes, compared } = JSON.parse(second.stdout);
      const statement = JSON.parse(readFileSync(join(home, 'whole/review.json'), 'utf8'));
      const names = statement.cleanups.map(({ rules }: { rules: { name: string } }) => rules.name);
      expect(names.length).toBeGreaterThan(3);
      expect([...new Set(changes.map(({ cleanup }: { cleanup: string }) => cleanup))]).toEqual(names);
      expect([...new Set(compared.map(({ cleanup }: { cleanup: string }) => cleanup))]).toEqual(names);
    } finally {
      await all.database.drop();
    }
  });

  test('what a run costs is shown: sizes before the first run; then what is dead, and what the last run took', async () => {
    const caption = /what it works on/;
    const isToken = ([name]: readonly string[]) => /ACCESS_TOKEN$/i.test(name ?? '');
    const first = await review('--set', 'safe_period_minutes=121');
    // An imitation may not know them, or lack the catalog; the page says so then, and is written all the same.
    const knowsSizes = engine.imitation === undefined;
    if (knowsSizes) expect(tableOf(first.page, caption).find(isToken)?.[2]).toMatch(/^[\d.,]+ (bytes|[KM]B)$/);
    expect(first.page).toContain('No run has deleted rows here yet');
    const command = async (...args: string[]) =>
      expect(await deepclean([...args, '--json'], { env: { DEEPCLEAN_URL: product.database.url } })).toMatchObject({
        exitCode: 0,
      });
    await command('install-procs', '--policy', 'tokens', '--yes');
    await command('run', 'tokens', '--no-backlog');
    const { IDN_OAUTH_CONSUMER_APPS: _, ...again } = databaseOf([
      token('hidden-again', { TIME_CREATED: before(utcNow, { days: 30 }), TOKEN_STATE: 'REVOKED' }),
    ]);
    await insertRows(product.query, familyOf(engine), product.schema, again);
    const second = await review('--set', 'safe_period_minutes=122');
    if (knowsSizes) expect(tableOf(second.page, caption).find(isToken)?.[3]).toBe('1');
    // Its rows go with tokens: 0 would say that none goes.
    const scopes = tableOf(second.page, caption).find(([name]) => /ACCESS_TOKEN_SCOPE$/i.test(name ?? ''));
    if (knowsSizes) expect(scopes?.slice(3)).toEqual(['go with others', 'not known']);
    expect(second.page).toMatch(/Run \d+, the latest that deleted rows, took [^<]+ for [1-9]\d* dead rows; rests/);
    expect(second.page).toMatch(/At that speed the next one takes about [^<]+ for the 1 that are dead now/);
  });
});
