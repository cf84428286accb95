import type { Connection, Dialect } from '../../src/dialects/dialect.js';
import type { Policy } from '../../src/policy/types.js';
import { rehearse } from '../../src/rehearsal/rehearse.js';
import type { Rehearsal } from '../../src/rehearsal/types.js';

/** Rehearses some cleanups on a database of a test. */
export const playOn = (
  dialect: Dialect,
  url: string | undefined,
  policies: readonly Policy[],
  {
    settings = {},
    onInstalled,
  }: {
    readonly settings?: Readonly<Record<string, string | number>>;
    readonly onInstalled?: (connection: Connection) => Promise<void>;
  } = {},
): Promise<Rehearsal> =>
  rehearse({
    dialect,
    connect: () => dialect.connect({ url: url ?? '', connectTimeoutMs: 10_000 }),
    prefix: 'cleanup_',
    policies: policies.map((policy) => ({ policy, choices: { prefix: 'cleanup_', backup: 'deleted-rows' }, settings })),
    passedOver: [],
    onProgress: () => {},
    ...(onInstalled !== undefined && { onInstalled }),
  });
