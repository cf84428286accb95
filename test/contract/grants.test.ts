import { afterAll, beforeAll, expect, test } from 'vitest';
import { findDialect } from '../../src/dialects/registry.js';
import { fillTokens } from '../bench/fill-tokens.js';
import { type Deployment, deploy } from '../support/deployment.js';
import { describeEngines, needsOriginal } from '../support/engines/index.js';
import { accounts, words } from '../support/words.js';
import { connected, type User } from './support.js';

const tokens = 400;

/** `PRIVILEGES on OBJECTS` as the header of a file has it, however many lines it takes. */
function grantsIn(sql: string): readonly string[] {
  const header = /-- The caller needs\n((?:-- {3}.*\n)+)/.exec(sql)?.[1] ?? '';
  return header
    .replace(/\n-- {5}/g, ' ')
    .split('\n')
    .map((line) => line.replace(/^-- {3}/, ''))
    .filter((line) => line !== '');
}

/** A user with exactly the privileges that the files list. */
describeEngines(['postgresql', 'mariadb', 'mysql', 'mssql'], (engine) => {
  const dialect = findDialect(engine.dialect);
  let deployment: Deployment;
  let user: User;
  beforeAll(async () => {
    deployment = await deploy(engine);
    await fillTokens(deployment, tokens);
    user = { name: `caller_${deployment.database.name.slice(-8)}`, password: 'Caller-1-password' };
  });
  afterAll(() => deployment?.database.drop());

  test('runs the cleanup and the restore with the grants that their headers list, and no others', async ({ skip }) => {
    needsOriginal(engine, skip);
    const { database, family, query, rendered, plan } = deployment;
    const { grantee, create, drop } = accounts[family];
    for (const statement of create(user)) await query(statement);
    const listed = rendered.install.flatMap((artifact) => grantsIn(artifact.text));
    expect(listed.length).toBeGreaterThan(3);
    for (const line of listed) {
      const [, privileges, objects = ''] = /^(.*?) on (.*)$/.exec(line) ?? [];
      // One table at a time is what all of them can grant.
      const each = /^(SCHEMA|PROCEDURE) /.test(objects) ? [objects] : objects.split(', ');
      for (const object of each) {
        await query(`GRANT ${privileges}${object === 'the database' ? '' : ` ON ${object}`} TO ${grantee(user)}`);
      }
    }
    await connected(
      database,
      dialect,
      async (caller) => {
        const count = async (): Promise<number> =>
          Number((await query('SELECT COUNT(*) AS n FROM IDN_OAUTH2_ACCESS_TOKEN'))[0]?.n);
        if (family === 'mssql') {
          await query(`REVOKE VIEW DEFINITION TO ${grantee(user)}`);
          await expect(caller.query(words[family].call(plan.names.procedure))).rejects.toThrow(/all definitions/);
          await query(`GRANT VIEW DEFINITION TO ${grantee(user)}`);
          await query(`DENY VIEW DEFINITION ON IDN_OAUTH2_ACCESS_TOKEN_SCOPE TO ${grantee(user)}`);
          await expect(caller.query(words[family].call(plan.names.procedure))).rejects.toThrow(/all definitions/);
          await query(`REVOKE VIEW DEFINITION ON IDN_OAUTH2_ACCESS_TOKEN_SCOPE TO ${grantee(user)}`);
          expect(await count()).toBe(tokens);
        }
        await caller.query(words[family].call(plan.names.procedure));
        expect(await count()).toBe(tokens * 0.3);
        await caller.query(words[family].call(plan.names.restore, family === 'mssql' ? '3' : '1'));
        expect(await count()).toBe(tokens);
      },
      user,
    );
    for (const statement of drop(user)) await query(statement);
  });
});
