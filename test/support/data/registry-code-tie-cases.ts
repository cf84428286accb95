import type { ScenarioCase } from '../scenario/scenario.js';
import { code, codesLeft, folder, inTime, longAgo, perLayout } from './registry-codes.js';
import {
  codesFolder,
  content,
  elsewhere,
  home,
  hookOf,
  type Layout,
  oldVersion,
  pathRow,
  property,
  propertyLink,
  resource,
  tag,
  tagLink,
} from './registry-rows.js';
import type { PlacedRow } from './row-factories.js';

const folders = [`1/${home}`, `1/${elsewhere}`];
const twoFolders: readonly PlacedRow[] = [
  ...folder,
  pathRow(1, codesFolder, elsewhere),
  resource(1, { path: 1, tenant: elsewhere }),
];

const tenantCases: readonly ScenarioCase[] = [
  ...perLayout('keeps the code of the same version, path and name in another tenant', (layout) => ({
    rows: (m) => [
      ...twoFolders,
      ...code(layout, 5, longAgo, { name: 'same' }),
      ...code(layout, 5, inTime(m), { name: 'same', tenant: elsewhere }),
    ],
    survivors: codesLeft([5], elsewhere, folders),
  })),
  ...perLayout('deletes the code of any tenant', (layout) => ({
    rows: () => [...twoFolders, ...code(layout, 5, longAgo), ...code(layout, 5, longAgo, { tenant: elsewhere })],
    survivors: codesLeft([], home, folders),
  })),
  ...perLayout('keeps what has expired in a path whose number is the folder of codes in another tenant', (layout) => ({
    rows: () => [
      ...folder,
      pathRow(1, '/_system/elsewhere', elsewhere),
      resource(1, { path: 1, tenant: elsewhere }),
      ...code(layout, 5, longAgo, { tenant: elsewhere }),
    ],
    survivors: codesLeft([5], elsewhere, folders),
  })),
  ...perLayout('keeps a confirmation code whose time is the property of that number in another tenant', (layout) => ({
    rows: (m) => [...twoFolders, ...code(layout, 5, inTime(m)), property(51, 'expireTime', longAgo, elsewhere)],
    survivors: codesLeft([5], home, folders),
  })),
  ...perLayout('keeps a confirmation code whose expired time is tied in no known tenant', (layout) => ({
    needs: { nullable: ['REG_RESOURCE_PROPERTY.REG_TENANT_ID'] },
    rows: (m) => [
      ...folder,
      ...code(layout, 5, inTime(m)),
      property(1, 'expireTime', longAgo),
      propertyLink(1, 1, { ...hookOf(layout, 5, { path: 1, name: 'code-5' }), tenant: null }),
    ],
    survivors: {
      REG_RESOURCE: [`1/${home}`, `5/${home}`],
      REG_RESOURCE_PROPERTY: ['1', '51', '52'],
      REG_PROPERTY: [`51/${home}`, `52/${home}`],
    },
  })),
];

const shared = (layout: Layout, id: number): PlacedRow =>
  propertyLink(id, 52, hookOf(layout, 5, { path: 1, name: 'code-5' }));

const tieCases: readonly ScenarioCase[] = [
  {
    name: 'deletes the properties of a confirmation code in both layouts',
    rows: () => [...folder, ...code('version', 5, longAgo), shared('name', 1)],
    survivors: codesLeft([]),
  },
  ...perLayout('keeps a property that an expired code shares with a live resource', (layout) => ({
    rows: () => [...folder, ...code(layout, 5, longAgo), propertyLink(1, 52, { version: 1 })],
    survivors: { REG_RESOURCE: [`1/${home}`], REG_RESOURCE_PROPERTY: ['1'], REG_PROPERTY: [`52/${home}`] },
  })),
  ...perLayout('deletes two confirmation codes that share one time', (layout) => ({
    rows: () => [
      ...folder,
      ...code(layout, 5, longAgo),
      resource(6, { path: 1, name: 'six' }),
      propertyLink(1, 51, hookOf(layout, 6, { path: 1, name: 'six' })),
    ],
    survivors: codesLeft([]),
  })),
  ...perLayout('deletes two confirmation codes of the same path and name', (layout) => ({
    rows: () => [
      ...folder,
      ...code(layout, 5, longAgo, { name: 'twin' }),
      ...code(layout, 6, longAgo, { name: 'twin' }),
      ...code(layout, 7, longAgo),
    ],
    survivors: codesLeft([]),
  })),
  {
    name: 'keeps a resource in the folder of codes whose older version has expired',
    rows: () => [
      ...folder,
      resource(6, { path: 1, name: 'code' }),
      oldVersion(5, { path: 1, name: 'code' }),
      property(1, 'expireTime', longAgo),
      propertyLink(1, 1, { version: 5 }),
    ],
    survivors: {
      REG_RESOURCE: [`1/${home}`, `6/${home}`],
      REG_RESOURCE_HISTORY: [`5/${home}`],
      REG_RESOURCE_PROPERTY: ['1'],
      REG_PROPERTY: [`1/${home}`],
    },
  },
  {
    name: 'keeps the properties of an expired code whose version the registry keeps as an older one',
    rows: () => [...folder, ...code('version', 5, longAgo), oldVersion(5, { path: 1, name: 'code-5' })],
    survivors: { ...codesLeft([5]), REG_RESOURCE: [`1/${home}`], REG_RESOURCE_HISTORY: [`5/${home}`] },
  },
  {
    name: 'keeps a confirmation code to whose path and name the expired time of another version is tied',
    rows: () => [
      ...folder,
      resource(5, { path: 1, name: 'code' }),
      property(1, 'expireTime', longAgo),
      propertyLink(1, 1, { version: 4, path: 1, name: 'code' }),
    ],
    survivors: { REG_RESOURCE: [`1/${home}`, `5/${home}`], REG_RESOURCE_PROPERTY: ['1'], REG_PROPERTY: [`1/${home}`] },
  },
  {
    name: 'keeps a property of an expired version that is tied to a live path as well',
    rows: () => [...folder, ...code('version', 5, longAgo), propertyLink(1, 52, { version: 5, path: 1 })],
    survivors: { REG_RESOURCE: [`1/${home}`], REG_RESOURCE_PROPERTY: ['1'], REG_PROPERTY: [`52/${home}`] },
  },
  ...[1, 4].map(
    (version): ScenarioCase => ({
      name: `keeps a property of an expired path and name that is tied to version ${version}, which is kept, as well`,
      rows: () => [
        ...folder,
        oldVersion(4, { path: 1, name: 'old' }),
        ...code('name', 5, longAgo, { name: 'code' }),
        propertyLink(1, 52, { version, path: 1, name: 'code' }),
      ],
      survivors: { REG_RESOURCE: [`1/${home}`], REG_RESOURCE_PROPERTY: ['1'], REG_PROPERTY: [`52/${home}`] },
    }),
  ),
  {
    name: 'keeps what is tied by name while another resource of that path and name is left',
    rows: () => [
      ...folder,
      ...code('version', 5, longAgo, { name: 'same' }),
      resource(6, { path: 1, name: 'same' }),
      property(1, 'userId', 'someone'),
      propertyLink(1, 1, { path: 1, name: 'same' }),
    ],
    survivors: { REG_RESOURCE: [`1/${home}`, `6/${home}`], REG_RESOURCE_PROPERTY: ['1'], REG_PROPERTY: [`1/${home}`] },
  },
  {
    name: "deletes an expired code's tags tied by version, and keeps its content and path",
    rows: () => [
      ...folder,
      content(5),
      ...code('version', 5, longAgo, { name: 'code' }),
      resource(7, { path: 1, name: 'other' }, { REG_CONTENT_ID: 5n }),
      ...[tag(1), tagLink(1, 1, { version: 5 }), tag(2), tagLink(2, 2, { path: 1, name: 'code' })],
    ],
    survivors: {
      REG_RESOURCE: [`1/${home}`, `7/${home}`],
      REG_RESOURCE_TAG: ['2'],
      REG_TAG: [`2/${home}`],
      REG_CONTENT: [`5/${home}`],
      REG_PATH: [`1/${home}`],
      REG_RESOURCE_PROPERTY: [],
      REG_PROPERTY: [],
    },
  },
  {
    name: 'deletes what is left of a folder whose last resource was an expired code',
    rows: () => [
      pathRow(1, codesFolder),
      ...code('name', 5, longAgo),
      ...[property(1, 'color', 'blue'), propertyLink(1, 1, { path: 1, name: 'gone' })],
      ...[tag(1), tagLink(1, 1, { path: 1, name: 'code-5' })],
    ],
    survivors: { REG_RESOURCE: [], REG_RESOURCE_PROPERTY: [], REG_PROPERTY: [], REG_RESOURCE_TAG: [], REG_TAG: [] },
  },
  {
    name: 'keeps the content of an expired code',
    rows: () => [
      ...folder,
      content(5),
      resource(5, { path: 1, name: 'code' }, { REG_CONTENT_ID: 5n }),
      property(1, 'expireTime', longAgo),
      propertyLink(1, 1, { version: 5 }),
    ],
    survivors: {
      REG_RESOURCE: [`1/${home}`],
      REG_CONTENT: [`5/${home}`],
      REG_RESOURCE_PROPERTY: [],
      REG_PROPERTY: [],
    },
  },
];

/** Confirmation codes by tenant, and what is tied to them. */
export const registryCodeTieCases: readonly ScenarioCase[] = [...tenantCases, ...tieCases];
