import type { Row, Value } from '../model/rows.js';
import type { PlacedRow } from './row-factories.js';

/** The super tenant, and one of the others. */
export const home = -1234n;
export const elsewhere = 1n;

/** Where the product keeps its confirmation codes. */
export const codesFolder = '/_system/config/repository/components/org.wso2.carbon.identity.mgt/data';

const longAgo = '2020-01-01 00:00:00';

/** An update of `/a`; the caller gives the stamp. */
export const logEntry = (id: number, fields: Row): PlacedRow => [
  'REG_LOG',
  {
    REG_LOG_ID: BigInt(id),
    REG_PATH: '/a',
    REG_USER_ID: 'admin',
    REG_LOGGED_TIME: longAgo,
    REG_ACTION: 1n,
    REG_TENANT_ID: home,
    ...fields,
  },
];

export const pathRow = (id: number, value: string, tenant = home): PlacedRow => [
  'REG_PATH',
  { REG_PATH_ID: BigInt(id), REG_PATH_VALUE: value, REG_TENANT_ID: tenant },
];

export const content = (id: number, tenant = home): PlacedRow => [
  'REG_CONTENT',
  { REG_CONTENT_ID: BigInt(id), REG_TENANT_ID: tenant },
];

export const oldContent = (id: number, tenant = home): PlacedRow => [
  'REG_CONTENT_HISTORY',
  { REG_CONTENT_ID: BigInt(id), REG_DELETED: 0n, REG_TENANT_ID: tenant },
];

/** Which resource: a name of NULL is the collection that the path itself leads to. */
export interface Place {
  readonly path: number;
  readonly name?: string | null;
  readonly tenant?: bigint;
}

const resourceRow = (version: number, { path, name = null, tenant = home }: Place): Row => ({
  REG_PATH_ID: BigInt(path),
  REG_NAME: name,
  REG_VERSION: BigInt(version),
  REG_CREATOR: 'admin',
  REG_CREATED_TIME: longAgo,
  REG_LAST_UPDATED_TIME: longAgo,
  REG_TENANT_ID: tenant,
  REG_UUID: `uuid-${version}`,
});

export const resource = (version: number, place: Place, fields: Row = {}): PlacedRow => [
  'REG_RESOURCE',
  { ...resourceRow(version, place), ...fields },
];

/** An older version of a resource, which the registry keeps. */
export const oldVersion = (version: number, place: Place, fields: Row = {}): PlacedRow => [
  'REG_RESOURCE_HISTORY',
  { ...resourceRow(version, place), REG_DELETED: 0n, ...fields },
];

export const property = (id: number, name: string, value: string | null, tenant = home): PlacedRow => [
  'REG_PROPERTY',
  { REG_ID: BigInt(id), REG_NAME: name, REG_VALUE: value, REG_TENANT_ID: tenant },
];

export const tag = (id: number, tenant = home): PlacedRow => [
  'REG_TAG',
  {
    REG_ID: BigInt(id),
    REG_TAG_NAME: `tag-${id}`,
    REG_USER_ID: 'admin',
    REG_TAGGED_TIME: longAgo,
    REG_TENANT_ID: tenant,
  },
];

/** What a property or a tag hangs on; what is not given is NULL, as the product leaves it. */
export interface Hook {
  readonly version?: number;
  readonly path?: number;
  readonly name?: string | null;
  readonly tenant?: bigint | null;
}

const whole = (value: number | undefined): Value => (value === undefined ? null : BigInt(value));

const linkRow = (id: number, { version, path, name = null, tenant = home }: Hook): Row => ({
  ID: BigInt(id),
  REG_VERSION: whole(version),
  REG_PATH_ID: whole(path),
  REG_RESOURCE_NAME: name,
  REG_TENANT_ID: tenant,
});

export const propertyLink = (id: number, propertyId: number, hook: Hook): PlacedRow => [
  'REG_RESOURCE_PROPERTY',
  { ...linkRow(id, hook), REG_PROPERTY_ID: BigInt(propertyId) },
];

export const tagLink = (id: number, tagId: number, hook: Hook): PlacedRow => [
  'REG_RESOURCE_TAG',
  { ...linkRow(id, hook), REG_TAG_ID: BigInt(tagId) },
];

/** How the product ties properties to a resource: by its version, or by its path and name. */
export type Layout = 'version' | 'name';

export const layouts: readonly Layout[] = ['version', 'name'];

export const hookOf = (layout: Layout, version: number, { path, name = null, tenant = home }: Place): Hook =>
  layout === 'version' ? { version, tenant } : { path, name, tenant };

/** Epoch milliseconds as the product writes them. */
export const epochText = (microseconds: bigint): string => String(microseconds / 1_000n);
