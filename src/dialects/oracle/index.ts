import type { Dialect } from '../dialect.js';
import { catalog } from './catalog.js';
import { explain } from './explain.js';
import { expressions } from './expressions.js';
import { scheduler } from './schedule.js';
import { script } from './script.js';

export const oracle: Dialect = {
  name: 'oracle',
  title: 'Oracle',
  templates: 'oracle',
  capabilities: {
    transactionalDdl: false,
    walk: 'key',
    cascadesDeeply: true,
    nullsMeetInKeys: true,
    // Children are deleted by name in every case, and so counted.
    countsCascades: true,
    // A large object of more than about 4000 bytes has a segment of its own.
    storesObjectsApart: true,
    nameCase: 'upper',
    // Bytes; 30 before 12.2.
    nameLimit: 128,
    particularTunables: [],
    namespaces: true,
    scheduler: 'DBMS_SCHEDULER',
    schedulerIsOptional: false,
    shortestIntervalSeconds: 1,
    backlog: 'view',
    procedureRights: 'owner',
    kitPackage: true,
    minimumVersion: '12.2',
  },
  explain,
  expressions,
  script,
  catalog,
  scheduler,
  schemes: ['oracle'],
  connect: async (target) => (await import('./connection.js')).connect(target),
};
