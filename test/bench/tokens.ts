import { findDialect } from '../../src/dialects/registry.js';
import { tokens as policy } from '../../src/policies/tokens.js';
import { printDead } from '../../src/render/predicate.js';
import { tokenTables } from '../support/data/create-tables.js';
import type { Deployment } from '../support/deployment.js';
import { fillTokens } from './fill-tokens.js';
import type { Subject } from './subject.js';

async function oneStatement(deployment: Deployment): Promise<void> {
  const { query, family } = deployment;
  const alias = family === 'mysql' ? 'IDN_OAUTH2_ACCESS_TOKEN' : 't';
  const table = family === 'mysql' ? alias : 'idn_oauth2_access_token t';
  await query(`DELETE FROM ${table} WHERE ${await dead(deployment, alias)}`);
}

/** The rule as our own SQL has it, against a literal cut-off. */
async function dead({ plan, query, family }: Deployment, alias: string): Promise<string> {
  const [step] = plan.steps;
  if (step === undefined) throw new Error('no step');
  const [now] = await query(
    family === 'mysql'
      ? 'SELECT CAST(UTC_TIMESTAMP() - INTERVAL 2 HOUR AS CHAR) AS cut_off'
      : "SELECT (timezone('UTC', now()) - interval '2 hours')::timestamp(0)::text AS cut_off",
  );
  const dialect = findDialect(plan.schema.dialect);
  const lines = printDead(step.rule.guard, step.rule.reasons.slice(0, 4), {
    schema: plan.schema,
    table: step.table,
    alias,
    expressions: { ...dialect.expressions, convertsBySession: () => false },
    cutOff: () => `TIMESTAMP '${String(now?.cut_off)}'`,
    epoch: () => '0',
    parameter: () => "'no'",
    firstSeen: '',
    beside: { newest: '', rows: '', staying: '' },
    tableName: (table) => table.name,
  });
  return `(${lines.join('\n')})`;
}

async function chunkTables(deployment: Deployment, copies: boolean): Promise<void> {
  const { query, family } = deployment;
  const token = 'IDN_OAUTH2_ACCESS_TOKEN';
  const scope = 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE';
  if (copies) {
    for (const table of [token, scope]) await query(`CREATE TABLE COPY_${table} AS SELECT * FROM ${table}`);
  }
  const rule = await dead(deployment, 't');
  const remove = (table: string): string =>
    family === 'mysql'
      ? `DELETE x FROM ${table} x INNER JOIN BATCH_IDS b ON x.TOKEN_ID = b.TOKEN_ID`
      : `DELETE FROM ${table} x USING BATCH_IDS b WHERE x.TOKEN_ID = b.TOKEN_ID`;
  for (;;) {
    await query(`CREATE TABLE CHUNK_IDS AS SELECT t.TOKEN_ID FROM ${token} t WHERE ${rule} LIMIT 10000`);
    await query(`CREATE INDEX CHUNK_KEY ON CHUNK_IDS (TOKEN_ID)`);
    const [found] = await query('SELECT COUNT(*) AS n FROM CHUNK_IDS');
    while (Number((await query('SELECT COUNT(*) AS n FROM CHUNK_IDS'))[0]?.n) > 0) {
      await query('CREATE TABLE BATCH_IDS AS SELECT TOKEN_ID FROM CHUNK_IDS LIMIT 5000');
      await query(`CREATE INDEX BATCH_KEY ON BATCH_IDS (TOKEN_ID)`);
      await query(remove(scope));
      await query(remove(token));
      await query(remove('CHUNK_IDS'));
      await query('DROP TABLE BATCH_IDS');
    }
    await query('DROP TABLE CHUNK_IDS');
    if (Number(found?.n) === 0) return;
  }
}

/** 200 000 tokens with two scopes each, 70 % of them dead. */
export const tokens: Subject = {
  policy,
  tables: tokenTables,
  rows: 200_000,
  table: 'IDN_OAUTH2_ACCESS_TOKEN',
  fill: fillTokens,
  survivors: (rows) => rows * 0.3,
  oneStatement,
  chunkTables,
};
