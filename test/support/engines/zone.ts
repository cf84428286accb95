/**
 * '+05:30' as TZ and PostgreSQL must be told: both read a bare offset by the POSIX rule, which counts west of Greenwich.
 * Names pass unchanged.
 */
export function posixZone(zone: string): string {
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(zone) ?? [];
  if (sign === undefined) return zone;
  // The part in <> is only a name, in which the C library takes no colon.
  return `<${sign}${hours}${minutes}>${sign === '+' ? '-' : '+'}${hours}:${minutes}`;
}
