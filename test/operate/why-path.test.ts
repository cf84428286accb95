import { afterAll, beforeAll, expect, test } from 'vitest';
import { deepclean, useBuiltCli } from '../cli/run-cli.js';
import { scenario } from '../scenarios/registry.js';
import { insertRows } from '../support/data/insert.js';
import { completeSchema } from '../support/data/later-tables.js';
import { code, folder, inTime, longAgo } from '../support/data/registry-codes.js';
import { codesFolder, logEntry } from '../support/data/registry-rows.js';
import { databaseOf } from '../support/data/row-factories.js';
import { familyOf, productTables } from '../support/deployment.js';
import { describeEngines } from '../support/engines/index.js';
import { formatStamp } from '../support/model/stamps.js';

useBuiltCli();

interface Row {
  readonly table: string;
  readonly foundBy: readonly string[];
  readonly verdict: string;
  readonly reason: string | null;
  readonly dies: { readonly at: string; readonly reason: string } | null;
  readonly values: Readonly<Record<string, string>>;
}

describeEngines(['postgresql', 'mariadb', 'mysql'], (engine) => {
  let product: Awaited<ReturnType<typeof productTables>>;
  const clocks = { utcNow: (BigInt(Date.now()) / 1000n) * 1_000_000n };
  const env = () => ({ DEEPCLEAN_URL: product.database.url });
  beforeAll(async () => {
    product = await productTables(engine, { schema: completeSchema(engine.dialect), tables: scenario.tables });
    const rows = [
      ...[1, 2].map((id) => logEntry(id, { REG_PATH: '/gone' })),
      logEntry(3, { REG_PATH: '/gone', REG_ACTION: 7n }),
      logEntry(4, { REG_PATH: '/there' }),
      logEntry(5, { REG_PATH: '/there', REG_LOGGED_TIME: formatStamp(clocks.utcNow) }),
      ...folder,
      ...code('version', 11, longAgo),
      ...code('version', 12, inTime(clocks)),
    ];
    await insertRows(product.query, familyOf(engine), product.schema, databaseOf(rows));
  });
  afterAll(() => product?.database.drop());

  async function rowsOf(identifier: string): Promise<readonly Row[]> {
    const { exitCode, stdout, stderr } = await deepclean(['why', identifier, '--json'], { env: env() });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    return JSON.parse(stdout).rows;
  }
  const told = (rows: readonly Row[]) =>
    rows
      .map(({ values, verdict, reason }) => {
        const { REG_LOG_ID: id } = Object.fromEntries(
          Object.entries(values).map(([name, value]) => [name.toUpperCase(), value]),
        );
        return [id, verdict, reason];
      })
      .sort();

  test('of a path whose resource was deleted, all log entries are dead, the last behind the others', async () => {
    expect(told(await rowsOf('/gone'))).toEqual([
      ['1', 'dead', 'superseded'],
      ['2', 'dead', 'superseded'],
      ['3', 'dead', 'deleted'],
    ]);
  });

  test('of a path that is there, an older entry is dead and the newest lives', async () => {
    expect(told(await rowsOf('/there'))).toEqual([
      ['4', 'dead', 'superseded'],
      ['5', 'lives', null],
    ]);
  });

  test('a log entry is found by its number, too', async () => {
    expect(told((await rowsOf('4')).filter(({ table }) => /^REG_LOG$/i.test(table)))).toEqual([
      ['4', 'dead', 'superseded'],
    ]);
  });

  test('a confirmation code is found by its path, says when it dies, and its name is shown nowhere', async () => {
    const [dead] = await rowsOf(`${codesFolder}/code-11`);
    expect(dead).toMatchObject({ verdict: 'dead', reason: 'code_expired' });
    const path = `${codesFolder}/code-12`;
    const [lives] = await rowsOf(path);
    expect(lives).toMatchObject({ verdict: 'lives', dies: { reason: 'code_expired' } });
    const tenMinutesAndAnHour = Number(clocks.utcNow / 1000n) + 70 * 60_000;
    expect(Math.abs(Date.parse(lives?.dies?.at ?? '') - tenMinutesAndAnHour)).toBeLessThanOrEqual(1000);
    for (const more of [[], ['--json']]) {
      const { stdout } = await deepclean(['why', path, ...more], { env: env() });
      expect(stdout).not.toContain('code-12');
    }
  });
});
