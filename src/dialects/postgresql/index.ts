import type { Dialect } from '../dialect.js';
import { catalog } from './catalog.js';
import { explain } from './explain.js';
import { expressions } from './expressions.js';
import { scheduler } from './schedule.js';
import { scratch } from './scratch.js';
import { script } from './script.js';

export const postgresql: Dialect = {
  name: 'postgresql',
  title: 'PostgreSQL',
  templates: 'postgresql',
  capabilities: {
    transactionalDdl: true,
    walk: 'physical',
    cascadesDeeply: true,
    nullsMeetInKeys: false,
    countsCascades: true,
    storesObjectsApart: true,
    nameCase: 'lower',
    nameLimit: 63,
    particularTunables: ['replica_lag_maximum_seconds', 'rests_during_vacuum', 'wal_maximum_mb_per_second'],
    namespaces: true,
    defaultNamespace: 'public',
    scheduler: 'pg_cron',
    schedulerIsOptional: true,
    shortestIntervalSeconds: 60,
    backlog: 'function',
    procedureRights: 'caller',
    minimumVersion: '14',
  },
  explain,
  expressions,
  script,
  scratch,
  catalog,
  scheduler,
  schemes: ['postgresql', 'postgres'],
  connect: async (target) => (await import('./connection.js')).connect(target),
};
