import type { LoggedRun } from '../../../src/operate/read-history.js';
import type { RunStep } from '../../../src/operate/run-types.js';
import type { CleanupFacts, HistoryFacts } from '../../../src/report/history.js';

export const dayMs = 86_400_000;
export const now = '2026-06-30T12:00:00Z';

/** A moment some days before the made-up now. */
export const ago = (days: number): string => new Date(Date.parse(now) - days * dayMs).toISOString();

export const step = (
  table: string,
  reasons: Readonly<Record<string, number>>,
  more: Partial<RunStep> = {},
): RunStep => ({
  table,
  seen: 1000,
  deleted: Object.values(reasons).reduce((sum, rows) => sum + rows, 0),
  restored: 0,
  batches: 4,
  retries: 0,
  longestBatchMs: 48,
  reasons,
  ...more,
});

/** A complete run of twenty minutes. */
export const run = (
  runId: number,
  daysAgo: number,
  steps: readonly RunStep[],
  more: Partial<LoggedRun> = {},
): LoggedRun => ({
  runId,
  procedure: 'cleanup_tokens',
  startedBy: 'wso2',
  startedAt: ago(daysAgo),
  endedAt: ago(daysAgo - 1 / 72),
  dryRun: false,
  status: 'ended',
  whyStopped: 'done',
  steps,
  rests: [],
  proofs: [],
  errors: {},
  ...more,
});

export const facts = (cleanups: readonly Partial<CleanupFacts>[], more: Partial<HistoryFacts> = {}): HistoryFacts => ({
  source: 'identity_db, public',
  server: 'PostgreSQL 18.4',
  now,
  days: 90,
  cleanups: cleanups.map((one) => ({ procedure: 'cleanup_tokens', title: 'tokens', runs: [], restores: [], ...one })),
  sizes: [],
  ownSizes: [],
  ...more,
});

const tokenTable = 'IDN_OAUTH2_ACCESS_TOKEN';
const scopeTable = 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE';

/** Three months as they may look: daily runs that grow with the product, some of which stop early, fail or wait. */
export function threeMonths(): HistoryFacts {
  const wave = (at: number): number => 1 + 0.3 * Math.sin(at / 3) + at / 120;
  const tokenRuns = Array.from({ length: 88 }, (_, at) => {
    const periods = Math.round(41_000 * wave(at));
    const revoked = Math.round(12_500 * wave(at + 5));
    const steps = [
      step(
        tokenTable,
        { periods_over: periods, revoked, inactive: Math.round(revoked / 6) },
        { longestBatchMs: 40 + ((at * 37) % 45), batches: 160 },
      ),
      step(scopeTable, {}, { deleted: 2 * (periods + revoked), batches: 0 }),
    ];
    const early = at % 23 === 11;
    return run(at * 2 + 1, 89 - at, steps, {
      ...(early && { status: 'stopped', whyStopped: 'time budget' }),
      ...(at === 50 && {
        status: 'failed',
        whyStopped: 'error 1205: lock wait timeout exceeded',
        steps: [],
        errors: {},
      }),
      ...(at % 9 === 4 && {
        rests: [
          { cause: 'replica lag', detail: 'standby 10.0.0.7 is 14 s behind', restMs: 310_000 },
          ...(at % 18 === 4 ? [{ cause: 'running sessions', detail: '42 sessions at work', restMs: 95_000 }] : []),
        ],
      }),
      ...(at === 70 && { errors: { [tokenTable]: 2 } }),
    });
  });
  const sessionRuns = Array.from({ length: 12 }, (_, at) =>
    run(
      at * 14 + 2,
      86 - at * 7,
      [
        step(
          'IDN_AUTH_SESSION_STORE',
          { ended: 510_000 + 9000 * at, orphaned: 4100 },
          { longestBatchMs: 70 + at * 11, batches: 900 },
        ),
      ],
      { procedure: 'cleanup_sessions' },
    ),
  );
  return facts(
    [
      {
        procedure: 'cleanup_tokens',
        runs: tokenRuns,
        restores: [run(180, 20.5, [step(tokenTable, {}, { restored: 5200 })], { procedure: 'restore_tokens' })],
        backlog: [{ table: tokenTable, reason: 'periods_over', rows: 61_200, oldest: '2026-06-28T03:10:00' }],
        batchTargetMs: 50,
      },
      {
        procedure: 'cleanup_sessions',
        runs: [
          ...sessionRuns,
          run(200, 1, [step('IDN_AUTH_SESSION_STORE', { ended: 77_000 })], {
            procedure: 'cleanup_sessions',
            dryRun: true,
          }),
        ],
        batchTargetMs: 50,
      },
      { procedure: 'cleanup_jti', runs: [] },
    ],
    {
      sizes: [
        { table: 'idn_oauth2_access_token', rows: 2_410_000, rowBytes: 612, bytes: 3.4e9 },
        { table: 'idn_oauth2_access_token_scope', rows: 4_800_000, rowBytes: 81, bytes: 1.2e9 },
        { table: 'idn_auth_session_store', rows: 3_900_000, rowBytes: 2210, bytes: 12.7e9 },
        { table: 'idn_oidc_jti', rows: 0, bytes: 16_384 },
      ],
      ownSizes: [
        { table: 'cleanup_bak_idn_oauth2_access_token', rows: 1_800_000, rowBytes: 640, bytes: 1.3e9 },
        { table: 'cleanup_run', rows: 301, bytes: 65_536 },
      ],
      diskFreeBytes: 60e9,
    },
  );
}
