import { registry as policy } from '../../src/policies/registry.js';
import type { Deployment } from '../support/deployment.js';
import { ago, digest, numbers, type Subject, settle } from './subject.js';

const paths = 20_000;

async function fill({ query, family }: Deployment, rows: number): Promise<void> {
  await query(
    `INSERT INTO REG_LOG (REG_LOG_ID, REG_PATH, REG_USER_ID, REG_LOGGED_TIME, REG_ACTION, REG_TENANT_ID)
     SELECT n + 1, CONCAT('/_system/governance/apimgt/applicationdata/provider/', ${digest(family, `n % ${paths}`)}), 'admin',
       ${ago(family, `${rows} + 200000 - n`)}, n % 3, -1234
     FROM ${numbers(family, rows)}`,
  );
  await settle({ query, family }, 'REG_LOG');
}

const oneStatement = async ({ query, family }: Deployment): Promise<unknown> =>
  query(
    family === 'mysql'
      ? `DELETE t FROM REG_LOG t LEFT JOIN (
           SELECT MAX(REG_LOG_ID) AS ID, REG_TENANT_ID FROM REG_LOG GROUP BY CAST(REG_PATH AS BINARY), REG_TENANT_ID
         ) k ON k.ID = t.REG_LOG_ID AND k.REG_TENANT_ID = t.REG_TENANT_ID
         WHERE t.REG_LOGGED_TIME < UTC_TIMESTAMP() - INTERVAL 24 HOUR AND (k.ID IS NULL OR t.REG_ACTION = 7)`
      : `DELETE FROM reg_log t
         WHERE t.reg_logged_time < timezone('UTC', now()) - interval '24 hours'
           AND (t.reg_action = 7 OR (t.reg_log_id, t.reg_tenant_id) NOT IN (
             SELECT max(reg_log_id), reg_tenant_id FROM reg_log GROUP BY reg_path, reg_tenant_id))`,
  );

/** 500 000 log entries over 20 000 paths: all but the newest of each are dead. */
export const registryLog: Subject = {
  policy,
  tables: ['REG_LOG'],
  rows: 500_000,
  table: 'REG_LOG',
  fill,
  survivors: () => paths,
  oneStatement: async (deployment) => void (await oneStatement(deployment)),
};
