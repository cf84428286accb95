import type { ScenarioCase } from '../scenario/scenario.js';
import {
  content,
  elsewhere,
  type Hook,
  home,
  oldContent,
  oldVersion,
  pathRow,
  property,
  propertyLink,
  resource,
  tag,
  tagLink,
} from './registry-rows.js';
import type { PlacedRow } from './row-factories.js';

/**
 * What all cases begin with: path 1 has a collection (version 10) and a resource (11), path 2 an older version (20)
 * alone, path 3 nothing. Elsewhere path 1 has nothing, path 2 an older version (21), path 3 a resource (30).
 */
const registry: readonly PlacedRow[] = [
  ...[1, 2, 3].flatMap((id) => [pathRow(id, `/home/${id}`), pathRow(id, `/elsewhere/${id}`, elsewhere)]),
  ...[content(1), content(1, elsewhere), oldContent(1), oldContent(1, elsewhere)],
  resource(10, { path: 1 }),
  resource(11, { path: 1, name: 'a' }, { REG_CONTENT_ID: 1n }),
  oldVersion(20, { path: 2, name: 'a' }, { REG_CONTENT_ID: 1n }),
  oldVersion(21, { path: 2, name: 'a', tenant: elsewhere }, { REG_CONTENT_ID: 1n }),
  resource(30, { path: 3, name: 'a', tenant: elsewhere }, { REG_CONTENT_ID: 1n }),
];

/** Where a link may hang, and why it then stays. */
const live: readonly (readonly [string, Hook])[] = [
  ['a collection by its path', { path: 1 }],
  ['a resource by its path and name', { path: 1, name: 'a' }],
  ['a resource by its version', { version: 11 }],
  ['a collection by its version', { version: 10 }],
  ['an older version that the registry keeps', { version: 20 }],
  ['a name that is gone, in a folder that is not', { path: 1, name: 'gone' }],
  ['a live path and a version that is gone', { path: 1, name: 'a', version: 99 }],
  ['a live path and version 0', { path: 1, name: 'a', version: 0 }],
  ['a live version and a path that is gone', { path: 3, name: 'a', version: 11 }],
  ['an older version and a path that is gone', { path: 3, name: 'a', version: 20 }],
  ['a resource of another tenant by its path, in that tenant', { path: 3, name: 'a', tenant: elsewhere }],
  ['a resource of another tenant by its version, in that tenant', { version: 30, tenant: elsewhere }],
  ['an older version of another tenant, in that tenant', { version: 21, tenant: elsewhere }],
];

const dead: readonly (readonly [string, Hook])[] = [
  ['a path that is gone', { path: 3 }],
  ['a path and name that are gone', { path: 3, name: 'a' }],
  ['a path that only older versions have', { path: 2, name: 'a' }],
  ['a version that is gone', { version: 99 }],
  ['version 0', { version: 0 }],
  ['version -1', { version: -1 }],
  ['version 2147483647', { version: 2_147_483_647 }],
  ['a path and a version that are both gone', { path: 3, name: 'a', version: 99 }],
  ['neither a path nor a version', {}],
  ['a name alone', { name: 'a' }],
  ['a path that only another tenant uses', { path: 3, name: 'a' }],
  ['a version that only another tenant has', { version: 30 }],
  ['an older version that only another tenant has', { version: 21 }],
  ['a path of the same number, in another tenant', { path: 1, name: 'a', tenant: elsewhere }],
  ['a version of the same number, in another tenant', { version: 11, tenant: elsewhere }],
  ['an older version of the same number, in another tenant', { version: 20, tenant: elsewhere }],
];

interface Kind {
  readonly word: string;
  readonly links: string;
  readonly targets: string;
  readonly link: (id: number, target: number, hook: Hook) => PlacedRow;
  readonly target: (id: number, tenant?: bigint) => PlacedRow;
}

const kinds: readonly Kind[] = [
  {
    word: 'property',
    links: 'REG_RESOURCE_PROPERTY',
    targets: 'REG_PROPERTY',
    link: propertyLink,
    target: (id, tenant) => property(id, 'color', 'blue', tenant),
  },
  { word: 'tag', links: 'REG_RESOURCE_TAG', targets: 'REG_TAG', link: tagLink, target: tag },
];

const unknownTenant = (links: string) => ({ nullable: [`${links}.REG_TENANT_ID`] });

const casesOf = ({ word, links, targets, link, target }: Kind): readonly ScenarioCase[] => [
  ...live.map(([where, hook]): ScenarioCase => {
    const tenant = hook.tenant ?? home;
    return {
      name: `keeps a ${word} of ${where}`,
      rows: () => [...registry, target(1, tenant), link(1, 1, hook)],
      survivors: { [links]: ['1'], [targets]: [`1/${tenant}`] },
    };
  }),
  ...dead.map(
    ([where, hook]): ScenarioCase => ({
      name: `deletes a ${word} of ${where}`,
      rows: () => [...registry, target(1, hook.tenant ?? home), link(1, 1, hook)],
      survivors: { [links]: [], [targets]: [] },
    }),
  ),
  ...[{ path: 1, name: 'a' }, { version: 11 }, { path: 3 }, { version: 99 }, {}].map(
    (hook): ScenarioCase => ({
      name: `keeps the link of a ${word} to ${JSON.stringify(hook)} in no known tenant`,
      needs: unknownTenant(links),
      rows: () => [...registry, target(1), link(1, 1, { version: 11 }), link(2, 1, { ...hook, tenant: null })],
      survivors: { [links]: ['1', '2'], [targets]: [`1/${home}`] },
    }),
  ),
  {
    name: `deletes a ${word} that only links in no known tenant name`,
    needs: unknownTenant(links),
    rows: () => [...registry, target(1), link(1, 1, { version: 11, tenant: null })],
    survivors: { [links]: ['1'], [targets]: [] },
  },
  {
    name: `keeps a ${word} that a live and a dead link share`,
    rows: () => [...registry, target(1), link(1, 1, { path: 3, name: 'a' }), link(2, 1, { version: 11 })],
    survivors: { [links]: ['2'], [targets]: [`1/${home}`] },
  },
  {
    name: `deletes a ${word} that several dead links share`,
    rows: () => [
      ...registry,
      target(1),
      ...[{ path: 3 }, { version: 99 }, {}, { path: 2 }].map((hook, at) => link(at + 1, 1, hook)),
    ],
    survivors: { [links]: [], [targets]: [] },
  },
  {
    name: `deletes a ${word} that nothing refers to`,
    rows: () => [...registry, target(1), target(2), link(1, 2, { version: 11 })],
    survivors: { [links]: ['1'], [targets]: [`2/${home}`] },
  },
  {
    name: `tells a ${word} from that of the same number in another tenant`,
    rows: () => [
      ...registry,
      ...[1, 2].flatMap((id) => [target(id), target(id, elsewhere)]),
      link(1, 1, { version: 11 }),
      link(2, 2, { path: 3, name: 'a', tenant: elsewhere }),
    ],
    survivors: { [links]: ['1', '2'], [targets]: [`1/${home}`, `2/${elsewhere}`] },
  },
  {
    name: `keeps each second of forty links of a ${word}`,
    rows: () => [
      ...registry,
      ...Array.from({ length: 40 }, (_, at) => [
        target(at + 1),
        link(at + 1, at + 1, at % 2 === 0 ? { version: 11 } : { version: 1_000 + at }),
      ]).flat(),
    ],
    survivors: {
      [links]: Array.from({ length: 20 }, (_, at) => String(2 * at + 1)),
      [targets]: Array.from({ length: 20 }, (_, at) => `${2 * at + 1}/${home}`),
    },
  },
];

/** Properties and tags of resources that are gone, and those that nothing refers to. */
export const registryLinkCases: readonly ScenarioCase[] = [
  ...kinds.flatMap(casesOf),
  {
    name: 'keeps a property for a tag of the same number no longer than for itself',
    rows: () => [...registry, property(1, 'color', 'blue'), tag(1), tagLink(1, 1, { version: 11 })],
    survivors: { REG_PROPERTY: [], REG_TAG: [`1/${home}`], REG_RESOURCE_TAG: ['1'] },
  },
  {
    name: 'keeps resources, their older versions, contents and paths, used or not',
    rows: () => [...registry, pathRow(4, '/nothing/here'), content(7), oldContent(7)],
    survivors: {
      REG_RESOURCE: [`10/${home}`, `11/${home}`, `30/${elsewhere}`],
      REG_RESOURCE_HISTORY: [`20/${home}`, `21/${elsewhere}`],
      REG_CONTENT: [`1/${home}`, `1/${elsewhere}`, `7/${home}`],
      REG_CONTENT_HISTORY: [`1/${home}`, `1/${elsewhere}`, `7/${home}`],
    },
  },
];
