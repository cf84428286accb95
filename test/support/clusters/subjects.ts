import { registry } from '../../../src/policies/registry.js';
import { sessions } from '../../../src/policies/sessions.js';
import { tokens } from '../../../src/policies/tokens.js';
import type { Policy } from '../../../src/policy/types.js';
import { mappings, mappingTables, session, sessionStore, temporaryStore } from '../data/auth-session-rows.js';
import { completeSchema } from '../data/later-tables.js';
import { logEntry, property, propertyLink } from '../data/registry-rows.js';
import { app, databaseOf, neverMilliseconds, type PlacedRow, token, tokenScope } from '../data/row-factories.js';
import type { DeploymentChoices } from '../deployment.js';
import type { Database, Row } from '../model/rows.js';
import type { Clocks } from '../scenario/scenario.js';

/** A cleanup with rows of which it is known by their making, not by its rules, which of them live. */
export interface ClusterSubject {
  readonly policy: Policy;
  readonly tables: readonly string[];
  rows(): readonly PlacedRow[];
  lives(table: string, row: Row): boolean;
}

const many = (count: number, rows: (at: number) => readonly PlacedRow[]): readonly PlacedRow[] =>
  Array.from({ length: count }, (_, at) => rows(at)).flat();
const four = (at: number): string => String(at).padStart(4, '0');
/** Names of things that live end so. */
const alive = '-lives';
const nameAt = (prefix: string, at: number, lives: boolean): string => `${prefix}-${four(at)}${lives ? alive : ''}`;

/** Three of ten live. */
const tokenSubject: ClusterSubject = {
  policy: tokens,
  tables: ['IDN_OAUTH_CONSUMER_APPS', 'IDN_OAUTH2_ACCESS_TOKEN', 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE'],
  rows: () => [
    app(1n),
    ...many(2000, (at) => {
      const lives = at % 10 < 3;
      const id = nameAt('t', at, lives);
      const period = lives
        ? { VALIDITY_PERIOD: neverMilliseconds, REFRESH_TOKEN_VALIDITY_PERIOD: neverMilliseconds }
        : {};
      const state = at % 10 > 6 ? { TOKEN_STATE: 'REVOKED' } : {};
      return [
        token(id, { TIME_CREATED: '2025-01-02 03:04:05', ...period, ...state }),
        tokenScope(id, 'openid'),
        tokenScope(id, 'profile'),
      ];
    }),
  ],
  lives: (table, row) => table === 'IDN_OAUTH_CONSUMER_APPS' || String(row.TOKEN_ID).endsWith(alive),
};

/** One of two sessions goes on; of those, half had ended before, and these older rows go. */
const sessionSubject: ClusterSubject = {
  policy: sessions,
  tables: [sessionStore, temporaryStore, ...mappingTables],
  rows() {
    const clocks: Clocks = { utcNow: BigInt(Date.now()) * 1000n };
    const ended = [
      { created: { hours: 50 } },
      { created: { hours: 45 } },
      { created: { hours: 40 }, operation: 'DELETE' },
    ];
    const newest = { created: { hours: 1 }, number: 4 };
    const id = (at: number): string => nameAt('s', at, at % 2 === 0);
    const count = 600;
    return [
      ...many(count, (at) =>
        session(clocks, id(at), ...(at % 4 === 0 ? [] : ended), ...(at % 2 === 0 ? [newest] : [])),
      ),
      ...mappings(...Array.from({ length: count }, (_, at) => `${id(at)}/alice`)),
    ];
  },
  lives: (table, row) =>
    table.endsWith('SESSION_STORE') ? row.TENANT_ID === 4n : String(row.SESSION_ID).endsWith(alive),
};

/** The last of five entries of each path lives; properties that nothing refers to go. */
const registrySubject: ClusterSubject = {
  policy: registry,
  tables: ['REG_LOG', 'REG_PATH', 'REG_RESOURCE', 'REG_PROPERTY', 'REG_RESOURCE_PROPERTY'],
  rows: () => [
    ...many(4000, (at) => [logEntry(at + 1, { REG_PATH: `/p/${at % 800}` })]),
    ...many(300, (at) => [
      property(1000 + at, 'left', 'over'),
      propertyLink(1000 + at, 1000 + at, { version: 5000 + at }),
    ]),
  ],
  lives: (table, row) => table === 'REG_LOG' && Number(row.REG_LOG_ID) > 3200,
};

export const clusterSubjects = {
  tokens: tokenSubject,
  sessions: sessionSubject,
  registry: registrySubject,
} as const;

export const choicesOf = (
  { policy, tables }: ClusterSubject,
  dialect: 'mysql' | 'postgresql' = 'mysql',
): DeploymentChoices => ({ policy, tables, schema: completeSchema(dialect) });

export const databaseOfSubject = (subject: ClusterSubject): Database => databaseOf(subject.rows());

/** What a cleanup leaves of these rows. */
export const livingPart = ({ lives }: ClusterSubject, database: Database): Database =>
  Object.fromEntries(Object.entries(database).map(([table, rows]) => [table, rows.filter((row) => lives(table, row))]));
