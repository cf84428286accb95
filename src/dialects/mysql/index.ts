import type { Capabilities, ConnectionTarget, Dialect } from '../dialect.js';
import { catalog } from './catalog.js';
import { explain } from './explain.js';
import { expressions } from './expressions.js';
import { mariadbScheduler, mysqlScheduler } from './schedule.js';
import { mariadbScratch, mysqlScratch } from './scratch.js';
import { script } from './script.js';

const capabilities: Capabilities = {
  transactionalDdl: false,
  walk: 'key',
  // MySQL 9.7 keeps foreign keys in its SQL layer (innodb_native_foreign_keys = OFF), where a parent with several
  // children of which each has children of its own loses track: a plain DELETE left grandchildren behind as orphans.
  cascadesDeeply: false,
  nullsMeetInKeys: false,
  countsCascades: false,
  // InnoDB keeps an object in its row as long as the row fits into half a page.
  storesObjectsApart: false,
  nameCase: 'upper',
  nameLimit: 64,
  particularTunables: ['allow_read_only', 'purge_backlog_maximum', 'rests_during_flow_control'],
  backlog: 'view',
  procedureRights: 'caller',
  namespaces: false,
  scheduler: 'EVENT',
  schedulerIsOptional: false,
  shortestIntervalSeconds: 1,
  keepsRunInRow: true,
  minimumVersion: '8.0.16',
};

const shared = {
  templates: 'mysql',
  explain,
  expressions,
  script,
  catalog,
  connect: async (target: ConnectionTarget) => (await import('./connection.js')).connect(target),
} satisfies Partial<Dialect>;

export const mysql: Dialect = {
  ...shared,
  name: 'mysql',
  title: 'MySQL',
  schemes: ['mysql'],
  scheduler: mysqlScheduler,
  scratch: mysqlScratch,
  capabilities,
};

/** Shares everything with MySQL but its versions. */
export const mariadb: Dialect = {
  ...shared,
  name: 'mariadb',
  title: 'MariaDB',
  schemes: ['mariadb'],
  scheduler: mariadbScheduler,
  scratch: mariadbScratch,
  capabilities: {
    ...capabilities,
    minimumVersion: '10.6',
  },
};
