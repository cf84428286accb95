import { isToCome } from '../model/lives.js';
import type { Row, Value } from '../model/rows.js';
import { microsecondsPerMillisecond, parseStamp } from '../model/stamps.js';
import type { World } from '../scenario/world.js';
import { codesFolder } from './registry-rows.js';

const deleteResource = 7n;

const cell = (row: Row, column: string): Value => row[column] ?? null;

/** Both are known and the same; NULL is nobody's equal. */
const same = (one: Value, other: Value): boolean => one !== null && one === other;

const sameTenant = (one: Row, other: Row): boolean => same(cell(one, 'REG_TENANT_ID'), cell(other, 'REG_TENANT_ID'));

/** By version, as the product does it where registry versioning is on. */
const hangsOnVersion = (link: Row, resource: Row): boolean =>
  sameTenant(link, resource) && same(cell(link, 'REG_VERSION'), cell(resource, 'REG_VERSION'));

/** By path and name, as the product does it elsewhere; it leaves the version open then. */
const hangsOnName = (link: Row, resource: Row): boolean =>
  sameTenant(link, resource) &&
  cell(link, 'REG_VERSION') === null &&
  same(cell(link, 'REG_PATH_ID'), cell(resource, 'REG_PATH_ID')) &&
  same(cell(link, 'REG_RESOURCE_NAME'), cell(resource, 'REG_NAME'));

const sharesPath = (link: Row, resource: Row): boolean =>
  sameTenant(link, resource) && same(cell(link, 'REG_PATH_ID'), cell(resource, 'REG_PATH_ID'));

/** A resource in the folder of codes or below it all of whose expireTimes passed over an hour ago. */
function isExpiredCode(world: World, resource: Row): boolean {
  if (cell(resource, 'REG_NAME') === null) return false;
  const folder = world
    .rows('REG_PATH')
    .find((path) => sameTenant(path, resource) && same(cell(path, 'REG_PATH_ID'), cell(resource, 'REG_PATH_ID')));
  const value = String(folder?.REG_PATH_VALUE ?? '');
  if (value !== codesFolder && !value.startsWith(`${codesFolder}/`)) return false;
  const anHourAgo = world.hoursAgo(1) / microsecondsPerMillisecond;
  const passed = world
    .rows('REG_RESOURCE_PROPERTY')
    .filter((link) => hangsOnVersion(link, resource) || hangsOnName(link, resource))
    .flatMap((link) =>
      world
        .rows('REG_PROPERTY')
        .filter(
          (property) => sameTenant(property, link) && same(cell(property, 'REG_ID'), cell(link, 'REG_PROPERTY_ID')),
        ),
    )
    .filter((property) => property.REG_NAME === 'expireTime')
    .map(({ REG_VALUE: text }) => {
      // Up to 18 digits: whatever else stands there is no time that we know of.
      const digits =
        typeof text === 'string' && text.length <= 18 && [...text].every((sign) => sign >= '0' && sign <= '9');
      return digits && text !== '' && BigInt(text) < anHourAgo;
    });
  return passed.length > 0 && passed.every((one) => one);
}

function removeCodes(world: World): void {
  const codes = world.remove('REG_RESOURCE', (row) => (isExpiredCode(world, row) ? 'code_expired' : undefined));
  const left = world.rows('REG_RESOURCE');
  const kept = world.rows('REG_RESOURCE_HISTORY');
  world.remove('REG_RESOURCE_PROPERTY', (link) => {
    if (left.some((one) => hangsOnVersion(link, one)) || kept.some((one) => hangsOnVersion(link, one)))
      return undefined;
    if (left.some((one) => hangsOnName(link, one))) return undefined;
    // A version that is gone and a path that is not: somebody may still find it by that path.
    if (cell(link, 'REG_VERSION') !== null && left.some((one) => sharesPath(link, one))) return undefined;
    return codes.some((code) => hangsOnVersion(link, code) || hangsOnName(link, code)) ? 'code_gone' : undefined;
  });
}

const samePath = (one: Row, other: Row): boolean =>
  same(cell(one, 'REG_PATH'), cell(other, 'REG_PATH')) && sameTenant(one, other);

function removeLogEntries(world: World): void {
  const cutOff = world.surelyHoursAgo(world.number('log_minimum_age_hours', 24));
  const isOld = (row: Row): boolean => {
    const logged = parseStamp(row.REG_LOGGED_TIME);
    return logged !== undefined && logged < cutOff;
  };
  const entries = world.rows('REG_LOG');
  const isNewer = (one: Row, than: Row): boolean => Number(one.REG_LOG_ID) > Number(than.REG_LOG_ID);
  world.remove('REG_LOG', (row) => {
    if (!isOld(row)) return undefined;
    return entries.some((one) => samePath(one, row) && isNewer(one, row)) ? 'superseded' : undefined;
  });
  // What says that a resource was deleted goes last, so that no older entry ever becomes its path's newest.
  const left = world.rows('REG_LOG');
  world.remove('REG_LOG', (row) => {
    if (!isOld(row) || row.REG_ACTION !== deleteResource || cell(row, 'REG_PATH') === null) return undefined;
    return left.some((one) => one !== row && samePath(one, row)) ? undefined : 'deleted';
  });
}

/** Links to resources that are gone, then what they alone had led to. */
function removeLinks(world: World, links: string, targets: string, column: string): void {
  const resources = world.rows('REG_RESOURCE');
  const history = world.rows('REG_RESOURCE_HISTORY');
  world.remove(links, (link) => {
    if (cell(link, 'REG_TENANT_ID') === null) return undefined;
    if (resources.some((one) => sharesPath(link, one) || hangsOnVersion(link, one))) return undefined;
    return history.some((one) => hangsOnVersion(link, one)) ? undefined : 'resource_gone';
  });
  const left = world.rows(links);
  world.remove(targets, (target) =>
    left.some((link) => sameTenant(link, target) && same(cell(link, column), cell(target, 'REG_ID')))
      ? undefined
      : 'unreferenced',
  );
}

/** The second opinion on `cleanup_registry`, from its rules alone. */
export function removeDeadRegistryRows(world: World): void {
  removeCodes(world);
  removeLogEntries(world);
  removeLinks(world, 'REG_RESOURCE_PROPERTY', 'REG_PROPERTY', 'REG_PROPERTY_ID');
  removeLinks(world, 'REG_RESOURCE_TAG', 'REG_TAG', 'REG_TAG_ID');
}

/** What the product still reads of the log, by true moments: recent entries, and the newest of a path that exists. */
export function logEntryLives(table: string, row: Row, world: World): boolean {
  if (table !== 'REG_LOG') return false;
  if (isToCome(row.REG_LOGGED_TIME, world.hoursAgo(world.number('log_minimum_age_hours', 24)))) return true;
  if (row.REG_ACTION === deleteResource) return false;
  const path = cell(row, 'REG_PATH');
  const ofPath = world.rows('REG_LOG').filter((one) => same(cell(one, 'REG_PATH'), path) && sameTenant(one, row));
  return ofPath.every((one) => Number(one.REG_LOG_ID) <= Number(row.REG_LOG_ID));
}
