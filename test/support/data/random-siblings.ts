import { formatStamp, microsecondsPerDay, microsecondsPerMinute, microsecondsPerSecond } from '../model/stamps.js';
import type { RandomPlan } from './random-plan.js';
import type { PlacedRow } from './row-factories.js';
import {
  auditRow,
  cibaCode,
  cibaScope,
  claimValue,
  deviceCode,
  deviceScope,
  requestClaim,
  requestObject,
} from './sibling-factories.js';

/** Request objects, CIBA codes, device codes and audit rows of a plan, the last three by the server's UTC. */
export function randomSiblings(plan: RandomPlan, utcNow: bigint): readonly PlacedRow[] {
  let lastId = 0n;
  const nextId = (): bigint => {
    lastId += 1n;
    return lastId;
  };
  const past = (edgeMinutes: number): bigint => utcNow - BigInt(edgeMinutes) * microsecondsPerMinute;

  const requests = plan.requestObjects.flatMap((planned): readonly PlacedRow[] => {
    const id = nextId();
    // A foreign key allows no missing parent: beyond the last one it hangs on nothing.
    const token = planned.token !== null && planned.token < plan.tokens.length ? { token: `t${planned.token}` } : {};
    const code = planned.code !== null && planned.code < plan.codes.length ? { code: `c${planned.code}` } : {};
    const claims = planned.claims.flatMap((values): readonly PlacedRow[] => {
      const claim = nextId();
      return [requestClaim(claim, id), ...Array.from({ length: values }, () => claimValue(nextId(), claim))];
    });
    return [requestObject(id, { ...token, ...code }), ...claims];
  });

  const ciba = plan.ciba.flatMap((planned, index): readonly PlacedRow[] => {
    const seconds = planned.expiresInSeconds ?? 0n;
    // The largest period reaches back beyond the range of a MySQL stamp; it is simply young then.
    const span = seconds > 0n && seconds < 1_000_000n ? seconds * microsecondsPerSecond : 0n;
    const issued = formatStamp(past(planned.edgeMinutes) - microsecondsPerDay - span);
    const id = `b${index}`;
    const row = cibaCode(id, {
      ISSUED_TIME: issued,
      EXPIRES_IN: planned.expiresInSeconds,
      AUTH_REQ_STATUS: planned.status,
    });
    return [row, ...Array.from({ length: planned.scopes }, () => cibaScope(nextId(), id))];
  });

  const devices = plan.devices.flatMap((planned, index): readonly PlacedRow[] => {
    const id = `d${index}`;
    const row = deviceCode(id, {
      EXPIRY_TIME: formatStamp(past(planned.edgeMinutes) - microsecondsPerDay),
      STATUS: planned.status,
      ...(planned.hasCodeId ? {} : { CODE_ID: null }),
    });
    const codeId = planned.hasCodeId ? `code-of-${id}` : null;
    return [row, ...Array.from({ length: planned.scopes }, () => deviceScope(nextId(), codeId))];
  });

  const audit = plan.audit.map((edgeMinutes, index): PlacedRow => {
    const retention = BigInt(plan.settings.auditRetentionDays) * microsecondsPerDay;
    return auditRow(index + 1, edgeMinutes === null ? null : formatStamp(past(edgeMinutes) - retention));
  });

  return [...requests, ...ciba, ...devices, ...audit];
}
