import type { ModelOptions } from '../model/options.js';
import type { Database, Value } from '../model/rows.js';
import { formatStamp, microsecondsPerMinute, microsecondsPerSecond } from '../model/stamps.js';
import type { RandomAbilities } from '../scenario/scenario.js';
import type { RandomPlan, TokenPlan } from './random-plan.js';
import { randomSiblings } from './random-siblings.js';
import {
  app,
  code,
  codeScope,
  databaseOf,
  newestToken,
  type PlacedRow,
  token,
  tokenBinding,
  tokenScope,
} from './row-factories.js';

/** When a plan is carried out. */
export interface RandomMoment extends RandomAbilities {
  /** Microseconds. */
  readonly utcNow: bigint;
}

/** A finite period by the rule, as far as stamps within a server's range can show it. */
const spanOf = (periodMilliseconds: Value): bigint =>
  typeof periodMilliseconds === 'bigint' && periodMilliseconds > 0n && periodMilliseconds < 10_000_000_000n
    ? periodMilliseconds * 1_000n
    : 3_600_000_000n;

/** Rows of a plan at a moment, in true moments of UTC, with the options of the run but for the clock's uncertainty. */
export function databaseAt(
  plan: RandomPlan,
  { utcNow, fractions, stillClock }: RandomMoment,
): { database: Database; options: ModelOptions } {
  const newest = utcNow - BigInt(plan.newestAgeMinutes) * microsecondsPerMinute;
  const cutOff = utcNow - BigInt(plan.settings.safePeriodMinutes) * microsecondsPerMinute;
  const stampAt = (period: Value, edge: bigint): string => {
    // Beside a clock that runs on, an edge within a quarter of an hour would be a matter of luck.
    const past = stillClock ? edge : edge + (edge < 0n ? -900_000_000n : 900_000_000n);
    const exact = cutOff - spanOf(period) - past;
    const stamp = fractions ? exact : exact - (exact % microsecondsPerSecond);
    if (stamp > newest) return formatStamp(newest);
    return formatStamp(stamp);
  };
  const tokenRows = plan.tokens.flatMap((planned, index) => plannedToken(planned, `t${index}`, stampAt));
  const codeRows = plan.codes.flatMap((planned, index): readonly PlacedRow[] => {
    const id = `c${index}`;
    const row = code(id, {
      TIME_CREATED: stampAt(planned.period, planned.edge),
      VALIDITY_PERIOD: planned.period,
      STATE: planned.state,
      // Beyond the last token: one that is long gone.
      TOKEN_ID: planned.token === null ? null : `t${planned.token}`,
      CONSUMER_KEY_ID: BigInt((index % 3) + 1),
    });
    return [row, ...Array.from({ length: planned.scopes }, (_, scope) => codeScope(id, `scope-${scope}`))];
  });
  const rows = [
    ...[app(1n), app(2n), app(3n)],
    newestToken(newest, { TOKEN_STATE: plan.newestState }),
    ...tokenRows,
    ...codeRows,
    ...randomSiblings(plan, utcNow),
  ];
  return {
    database: databaseOf(rows),
    options: { ...plan.settings, clockUncertaintyHours: 0, utcNow: formatStamp(utcNow) },
  };
}

function plannedToken(
  plan: TokenPlan,
  id: string,
  stampAt: (period: Value, edge: bigint) => string,
): readonly PlacedRow[] {
  const row = token(id, {
    TIME_CREATED: stampAt(plan.accessPeriod, plan.accessEdge),
    REFRESH_TOKEN_TIME_CREATED: stampAt(plan.refreshPeriod, plan.refreshEdge),
    VALIDITY_PERIOD: plan.accessPeriod,
    REFRESH_TOKEN_VALIDITY_PERIOD: plan.refreshPeriod,
    REFRESH_TOKEN: plan.hasRefreshToken ? `refresh-${id}` : null,
    TOKEN_STATE: plan.state,
    GRANT_TYPE: plan.grant,
    CONSUMER_KEY_ID: BigInt(plan.app + 1),
  });
  return [
    row,
    ...Array.from({ length: plan.scopes }, (_, scope) => tokenScope(id, `scope-${scope}`)),
    ...Array.from({ length: plan.bindings }, () => tokenBinding(id, `binding-${id}`)),
  ];
}
