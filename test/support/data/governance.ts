import type { Row, Value } from '../model/rows.js';
import { microsecondsPerMinute, parseStamp } from '../model/stamps.js';
import type { World } from '../scenario/world.js';
import type { PlacedRow } from './row-factories.js';

export const providers = 'IDP';
export const properties = 'IDP_METADATA';

/** An identity provider; the resident one of a tenant is named LOCAL. */
export const provider = (id: bigint, tenant: bigint, name = 'LOCAL'): PlacedRow => [
  providers,
  { ID: id, TENANT_ID: tenant, NAME: name },
];

/** A property of a provider. */
export const property = (id: bigint, of: bigint, tenant: bigint, name: string, value: string): PlacedRow => [
  properties,
  { ID: id, IDP_ID: of, NAME: name, VALUE: value, DISPLAY_NAME: null, TENANT_ID: tenant },
];

export const askPassword = 'EmailVerification.AskPassword.ExpiryTime';
export const recovery = 'Recovery.ExpiryTime';
export const smsOtp = 'Recovery.Notification.Password.ExpiryTime.smsOtp';

interface Validity {
  readonly tenant: Value;
  readonly name: Value;
  /** Minutes; undefined: for ever. */
  readonly minutes: bigint | undefined;
}

const minutesOf = (text: Value): bigint | undefined => {
  const digits = typeof text === 'string' && text.length >= 1 && text.length <= 18 && !/[^0-9]/.test(text);
  return digits ? BigInt(text) : undefined;
};

/** What is set in the database of how long codes are valid. */
function validities(world: World): readonly Validity[] {
  const resident = new Set(world.rows(providers).flatMap(({ ID, NAME }) => (NAME === 'LOCAL' ? [ID] : [])));
  return world.rows(properties).flatMap((row) => {
    if (typeof row.NAME !== 'string' || !row.NAME.includes('ExpiryTime')) return [];
    if (!resident.has(row.IDP_ID)) return [];
    return [{ tenant: row.TENANT_ID ?? null, name: row.NAME, minutes: minutesOf(row.VALUE ?? null) }];
  });
}

/** The second opinion on whether a code or a flow may still be valid, a day and the uncertainty of its timestamp included. */
export const mayBeValid = (world: World, row: Row, tenant: Value | 'any'): boolean =>
  isValidAt(world, row, tenant, world.surelyHoursAgo(24));

/** Whether a code is valid at a moment by what governs its tenant, or by what that may inherit. */
export function isValidAt(world: World, row: Row, tenant: Value | 'any', moment: bigint): boolean {
  const created = parseStamp(row.TIME_CREATED);
  const all = validities(world);
  const own = all.filter((one) => one.tenant === tenant);
  const inherited = all.filter(({ name }) => !own.some((one) => one.name === name));
  for (const { minutes } of tenant === 'any' ? all : [...own, ...inherited]) {
    if (minutes === undefined || created === undefined) return true;
    if (created + minutes * microsecondsPerMinute >= moment) return true;
  }
  return false;
}
