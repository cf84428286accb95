import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { PreflightError } from '../../src/errors.js';
import { fillTokens } from '../bench/fill-tokens.js';
import { connectTo, dialectOf, identityProfile, install } from '../contract/support.js';
import { inTurn } from '../support/clusters/cluster.js';
import { describeClusters } from '../support/clusters/describe-clusters.js';
import { startGroupReplication } from '../support/clusters/group-replication.js';
import { nodeOf, onNode } from '../support/clusters/trial.js';
import { createTables, tokenTables } from '../support/data/create-tables.js';
import type { TestDatabase } from '../support/engines/index.js';

describeClusters(['galera', 'group-replication'], (cluster) => {
  const engine = nodeOf(cluster, 0);
  const dialect = dialectOf(engine);
  const isGroup = cluster.name === 'group-replication';
  let database: TestDatabase;
  const onAll = (sql: string) =>
    inTurn(cluster.nodes, (node) => onNode(node, 'mysql', (session) => session.script(sql)));
  const createAll = async (): Promise<void> => {
    for (const statement of createTables(identityProfile(dialect), 'mysql', tokenTables))
      await database.query(statement);
  };
  const objects = () =>
    database.query(
      'SELECT TABLE_NAME AS n FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() UNION ALL SELECT ROUTINE_NAME FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = DATABASE() ORDER BY n',
    );
  const keyless = async (): Promise<readonly string[]> =>
    (
      await database.query(
        "SELECT TABLE_NAME AS n FROM information_schema.TABLES t WHERE TABLE_SCHEMA = DATABASE() AND NOT EXISTS (SELECT 1 FROM information_schema.STATISTICS s WHERE s.TABLE_SCHEMA = t.TABLE_SCHEMA AND s.TABLE_NAME = t.TABLE_NAME AND s.NON_UNIQUE = 0 GROUP BY s.INDEX_NAME HAVING SUM(s.NULLABLE = 'YES') = 0) ORDER BY TABLE_NAME",
      )
    ).map(({ n }) => String(n));
  const withKeys = async (): Promise<void> => {
    for (const table of await keyless())
      await database.query(`ALTER TABLE ${table} ADD COLUMN ADDED_ID BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY`);
  };
  async function installed() {
    const connection = await connectTo(database, dialect);
    try {
      return await install(connection, dialect);
    } finally {
      await connection.close();
    }
  }
  /** Checksums of all tables on each node. */
  async function checksums(): Promise<readonly string[]> {
    await cluster.settle();
    return inTurn(cluster.nodes, (node) =>
      onNode(node, database.name, async (session) => {
        const names = await session.query(
          "SELECT TABLE_NAME AS n FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE = 'BASE TABLE' ORDER BY TABLE_NAME",
        );
        const found = await session.query(`CHECKSUM TABLE ${names.map(({ n }) => n).join(', ')} EXTENDED`);
        return found.map((row) => `${row.Table} ${row.Checksum}`).join('\n');
      }),
    );
  }
  async function runsAndRestores(): Promise<void> {
    await fillTokens({ family: 'mysql', query: (sql) => database.query(sql) }, 500);
    const count = async () => Number((await database.query('SELECT COUNT(*) AS n FROM IDN_OAUTH2_ACCESS_TOKEN'))[0]?.n);
    await database.query('CALL cleanup_tokens()');
    expect(await count()).toBe(150);
    const [run] = await database.query('SELECT MAX(RUN_ID) AS id FROM CLEANUP_RUN');
    await database.query(`CALL restore_tokens(${run?.id})`);
    expect(await count()).toBe(500);
    expect(new Set(await checksums()).size).toBe(1);
  }

  beforeEach(async () => {
    database = await engine.createDatabase({ characterSet: 'latin1' });
  });
  afterEach(async () => {
    if (isGroup) {
      await onAll('SET GLOBAL sql_require_primary_key = OFF');
      await onAll('SET GLOBAL sql_generate_invisible_primary_key = OFF');
      await database.close();
    }
    await database.drop();
  });

  test.runIf(isGroup)('tables of the product without a key are named, and nothing is installed', async () => {
    await createAll();
    const before = await objects();
    const refused = await installed().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(PreflightError);
    expect((refused as PreflightError).problems.map(({ what }) => what)).toEqual(
      (await keyless()).map(
        (name) =>
          `${name} has neither a primary key nor a unique key without NULL, and Group Replication refuses each write to it: give it one`,
      ),
    );
    expect(await keyless()).not.toEqual([]);
    expect(await objects()).toEqual(before);
  });

  test.runIf(isGroup)(
    'with keys added, it is installed, runs and restores while every table must have one',
    async () => {
      await createAll();
      await withKeys();
      await onAll('SET GLOBAL sql_require_primary_key = ON');
      await database.close();
      await installed();
      expect(await keyless()).toEqual(['CLEANUP_BACKLOG_TOKENS', 'CLEANUP_STORED']);
      await runsAndRestores();
    },
  );

  test.runIf(isGroup)(
    'with invisible keys it is installed, runs, restores, and changes nothing the second time',
    async () => {
      await onAll('SET GLOBAL sql_generate_invisible_primary_key = ON');
      await database.close();
      await createAll();
      await installed();
      await runsAndRestores();
      expect((await installed()).plan.isNeeded).toBe(false);
    },
  );

  describe.runIf(!isGroup)('a table without a key', () => {
    test('is cleaned, and the nodes stay equal', async () => {
      await createAll();
      await installed();
      await database.query(
        "INSERT INTO IDN_OAUTH2_ACCESS_TOKEN_AUDIT (TOKEN_ID, ACCESS_TOKEN, INVALIDATED_TIME) SELECT CONCAT('t', seq), 'same', IF(seq % 4 = 0, UTC_TIMESTAMP(), '2020-01-01') FROM seq_1_to_4000",
      );
      await database.query(
        "UPDATE CLEANUP_SETTING SET VALUE = 'yes' WHERE PROCEDURE_NAME = 'cleanup_tokens' AND NAME = 'audit_pruning'",
      );
      await database.query('CALL cleanup_tokens()');
      const [row] = await database.query('SELECT COUNT(*) AS n FROM IDN_OAUTH2_ACCESS_TOKEN_AUDIT');
      expect(Number(row?.n)).toBe(1000);
      await database.query('CALL restore_tokens((SELECT MAX(RUN_ID) FROM CLEANUP_RUN))');
      const [again] = await database.query('SELECT COUNT(*) AS n FROM IDN_OAUTH2_ACCESS_TOKEN_AUDIT');
      expect(Number(again?.n)).toBe(4000);
      expect(new Set(await checksums()).size).toBe(1);
    });

    test('is named if the cluster refuses writes to it', async () => {
      await createAll();
      await onAll('SET GLOBAL wsrep_certify_nonPK = OFF');
      try {
        await database.query('CREATE TABLE unique_only (A INT NOT NULL, UNIQUE KEY (A))');
        await database.query('INSERT INTO unique_only VALUES (1)');
        await expect(
          database.query("INSERT INTO IDN_OAUTH2_ACCESS_TOKEN_AUDIT (TOKEN_ID) VALUES ('t')"),
        ).rejects.toThrow();
        const refused = await installed().catch((error: unknown) => error);
        expect(refused).toBeInstanceOf(PreflightError);
        expect((refused as PreflightError).problems.map(({ what }) => what)).toEqual(
          (await keyless()).map(
            (name) =>
              `${name} has neither a primary key nor a unique key without NULL, and Galera refuses each write to it: give it one`,
          ),
        );
      } finally {
        await onAll('SET GLOBAL wsrep_certify_nonPK = ON');
      }
    });
  });
});

describeClusters(
  ['group-replication'],
  (cluster) => {
    test('tables with a cascade are named if the group checks for them, and nothing is installed', async () => {
      const engine = nodeOf(cluster, 0);
      const dialect = dialectOf(engine);
      const database = await engine.createDatabase({ characterSet: 'latin1' });
      const tables = ['IDN_OAUTH2_ACCESS_TOKEN', 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE'];
      for (const statement of createTables(identityProfile(dialect), 'mysql', tables)) await database.query(statement);
      const scope = "INSERT INTO IDN_OAUTH2_ACCESS_TOKEN_SCOPE (TOKEN_ID, TOKEN_SCOPE, TENANT_ID) VALUES ('t', 's', 1)";
      await expect(database.query(scope)).rejects.toThrow('does not comply with the requirements');
      const connection = await connectTo(database, dialect);
      const refused = await install(connection, dialect).catch((error: unknown) => error);
      await connection.close();
      expect(refused).toBeInstanceOf(PreflightError);
      expect((refused as PreflightError).problems.map(({ what }) => what)).toContain(
        'IDN_OAUTH2_ACCESS_TOKEN_SCOPE has a foreign key with a rule other than RESTRICT, and group_replication_enforce_update_everywhere_checks refuses each write to it',
      );
      await database.drop();
    });
  },
  {
    'group-replication': () =>
      startGroupReplication({
        size: 1,
        arguments: ['--loose-group-replication-enforce-update-everywhere-checks=ON'],
      }),
  },
);
