import type { Dialect } from '../dialect.js';
import { catalog } from './catalog.js';
import { explain } from './explain.js';
import { expressions } from './expressions.js';
import { scheduler } from './schedule.js';
import { script } from './script.js';

export const mssql: Dialect = {
  name: 'mssql',
  title: 'SQL Server',
  templates: 'mssql',
  capabilities: {
    transactionalDdl: false,
    walk: 'key',
    cascadesDeeply: true,
    nullsMeetInKeys: true,
    countsCascades: false,
    // VARBINARY(MAX) is kept in its row as long as it fits into the page.
    storesObjectsApart: false,
    nameCase: 'upper',
    nameLimit: 128,
    particularTunables: ['replica_lag_maximum_seconds'],
    namespaces: true,
    defaultNamespace: 'dbo',
    scheduler: 'SQL Server Agent',
    // Express edition has none.
    schedulerIsOptional: true,
    shortestIntervalSeconds: 60,
    backlog: 'view',
    // A statement that holds 5 000 locks on one index locks the whole table: each row may take two, its own and its page's.
    largestBatchRows: 2000,
    keepsRunInRow: true,
    hasTableVariables: true,
    keepsFactsInTable: true,
    procedureRights: 'chain',
    marksText: true,
    minimumVersion: '13.0.4001',
  },
  explain,
  expressions,
  script,
  catalog,
  scheduler,
  schemes: ['mssql', 'sqlserver'],
  connect: async (target) => (await import('./connection.js')).connect(target),
};
