import * as fc from 'fast-check';
import type { Clocks, RandomStart } from '../scenario/scenario.js';
import {
  codesFolder,
  elsewhere,
  epochText,
  home,
  hookOf,
  type Layout,
  logEntry,
  oldVersion,
  pathRow,
  property,
  propertyLink,
  resource,
  tag,
  tagLink,
} from './registry-rows.js';
import { databaseOf, type PlacedRow } from './row-factories.js';
import { before } from './span.js';

const tenants = [home, elsewhere, 2n] as const;
const tenantAt = (index: number): bigint => tenants[index % tenants.length] ?? home;

/** Every tenant has these paths, each under other numbers. The last ones are seldom used. */
const paths = [
  codesFolder,
  `${codesFolder}/domain`,
  `${codesFolder}2`,
  '/_system/governance/a',
  '/_system/governance/b',
  '/_system/governance/c',
  '/_system/local',
];
const pathId = (path: number, tenant: number): number => ((path + 3 * tenant) % paths.length) + 1;

/** Minutes past a cut-off, negative where it is to come; runs may begin ten minutes late. */
const edgeMinutes = fc.oneof(
  fc.constantFrom(-15, 15, -60, 60),
  fc.integer({ min: 15, max: 100_000 }),
  fc.integer({ min: -3_000, max: -15 }),
);
const tenant = fc.nat({ max: tenants.length - 1 });
const path = fc.nat({ max: paths.length - 1 });
const layout = fc.constantFrom<Layout>('version', 'name');
/** Beyond the last version there is an older one now and then, and then none. */
const version = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: 1, max: 60 }) }, fc.integer({ min: 900, max: 915 }));

const entry = fc.record({
  path: fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom('/a', '/b') },
    fc.constantFrom('/A', '/a ', '/a/', '/b', '', null),
  ),
  tenant,
  edge: edgeMinutes,
  action: fc.oneof({ weight: 3, arbitrary: fc.constant(1n) }, fc.constantFrom(7n, 0n, 17n, -1n)),
  /** How far the number goes on; 0 for the same number, where its tenant has not got that. */
  step: fc.nat({ max: 2 }),
});

const anyResource = fc.record({
  tenant,
  path: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(0, 0, 1) }, fc.nat({ max: 4 })),
  isFolder: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
  layout,
  expires: fc.oneof(
    { weight: 5, arbitrary: edgeMinutes },
    fc.constantFrom(null, 'never', '', '-1', '0', '9223372036854775807', ' 1577836800000', '001577836800000'),
  ),
  expireName: fc.oneof(
    { weight: 6, arbitrary: fc.constant('expireTime') },
    fc.constantFrom('expiretime', 'userId', ''),
  ),
  step: fc.nat({ max: 2 }),
});

const older = fc.record({ tenant, path, version });

const link = fc.record({
  tenant: fc.oneof({ weight: 12, arbitrary: tenant }, fc.constant(null)),
  hangsOn: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom('version', 'path', 'name') },
    fc.constantFrom('nothing', 'path and an old version'),
  ),
  version,
  path,
  name: fc.nat({ max: 60 }),
  target: fc.nat({ max: 12 }),
});

const plan = fc.record({
  minimumAgeHours: fc.constantFrom(24, 24, 25, 48, 720),
  entries: fc.array(entry, { maxLength: 60 }),
  resources: fc.array(anyResource, { maxLength: 40 }),
  history: fc.array(older, { maxLength: 10 }),
  properties: fc.array(link, { maxLength: 40 }),
  tags: fc.array(link, { maxLength: 25 }),
  idle: fc.array(fc.record({ tenant, id: fc.integer({ min: 1, max: 20 }) }), { maxLength: 15 }),
});
type Plan = typeof plan extends fc.Arbitrary<infer T> ? T : never;
type LinkPlan = Plan['properties'][number];

/** Numbers that go on by steps; a step of 0 repeats the last one, unless its tenant has that already. */
function numbered<T extends { readonly tenant: number; readonly step: number }>(rows: readonly T[]) {
  const used = new Set<string>();
  let number = 1;
  return rows.map((row) => {
    number += row.step;
    if (used.has(`${number}/${row.tenant}`)) number += 1;
    used.add(`${number}/${row.tenant}`);
    return { ...row, number };
  });
}

function linkRows(
  links: readonly LinkPlan[],
  row: (id: number, target: number, hook: Parameters<typeof propertyLink>[2]) => PlacedRow,
): readonly PlacedRow[] {
  return links.map(({ tenant: own, hangsOn, version: number, path: at, name, target }, index) => {
    const of = own ?? 0;
    const hooks = {
      version: { version: number },
      path: { path: pathId(at, of) },
      name: { path: pathId(at, of), name: `name-${name}` },
      nothing: {},
      // Never the version of a code: whether such a row is its property no rule says.
      'path and an old version': { path: pathId(at, of), name: `name-${name}`, version: 900 + (number % 16) },
    };
    return row(index + 1, target + 1, { ...hooks[hangsOn], tenant: own === null ? null : tenantAt(own) });
  });
}

/** The targets that links lead to by a foreign key, and some that nothing may lead to; each once. */
function targetRows(
  links: readonly LinkPlan[],
  idle: Plan['idle'],
  row: (id: number, tenant: bigint) => PlacedRow,
): readonly PlacedRow[] {
  const wanted = [
    ...links.flatMap(({ tenant: own, target }) => (own === null ? [] : [{ id: target + 1, tenant: own }])),
    ...idle,
  ];
  return [...new Map(wanted.map((one) => [`${one.id}/${one.tenant}`, one])).values()].map((one) =>
    row(one.id, tenantAt(one.tenant)),
  );
}

function build(planned: Plan, { utcNow }: Clocks): RandomStart {
  const resources = numbered(planned.resources).flatMap((one, index): readonly PlacedRow[] => {
    const of = tenantAt(one.tenant);
    const place = {
      path: pathId(one.path, one.tenant),
      // A resource without a time of its own may have its neighbour's name: nothing in the schema forbids it.
      name: one.isFolder ? null : `name-${one.expireName === '' ? one.number - 1 : one.number}`,
      tenant: of,
    };
    if (one.expireName === '') return [resource(one.number, place)];
    const past = typeof one.expires === 'number' ? BigInt(one.expires) * 60_000_000n : undefined;
    const value = past === undefined ? one.expires : epochText(utcNow - 3_600_000_000n - past);
    return [
      resource(one.number, place),
      property(1_000 + index, one.expireName, value === null ? null : String(value), of),
      propertyLink(1_000 + index, 1_000 + index, hookOf(one.layout, one.number, place)),
    ];
  });
  const history = [...new Map(planned.history.map((one) => [`${one.version}/${one.tenant}`, one])).values()];
  const rows = [
    ...tenants.flatMap((of, tenantIndex) => paths.map((value, at) => pathRow(pathId(at, tenantIndex), value, of))),
    ...numbered(planned.entries).map((one) =>
      logEntry(one.number, {
        REG_PATH: one.path,
        REG_LOGGED_TIME: before(utcNow, { hours: planned.minimumAgeHours, minutes: one.edge }),
        REG_ACTION: one.action,
        REG_TENANT_ID: tenantAt(one.tenant),
      }),
    ),
    ...resources,
    ...history.map((one) =>
      oldVersion(one.version, { path: pathId(one.path, one.tenant), name: 'old', tenant: tenantAt(one.tenant) }),
    ),
    ...targetRows(planned.properties, planned.idle, (id, of) => property(id, 'userId', 'someone', of)),
    ...targetRows(planned.tags, planned.idle, tag),
    ...linkRows(planned.properties, propertyLink),
    ...linkRows(planned.tags, tagLink),
  ];
  return { database: databaseOf(rows), settings: { log_minimum_age_hours: planned.minimumAgeHours } };
}

/** Small registries of three tenants that share all their numbers, near every edge. */
export const randomRegistry: fc.Arbitrary<(clocks: Clocks) => RandomStart> = plan.map(
  (planned) => (clocks: Clocks) => build(planned, clocks),
);
