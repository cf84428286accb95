import * as fc from 'fast-check';
import { minutesPast, past } from '../support/data/expiry.js';
import { databaseOf, type PlacedRow } from '../support/data/row-factories.js';
import { before } from '../support/data/span.js';
import { isToCome } from '../support/model/lives.js';
import type { Row } from '../support/model/rows.js';
import { formatStamp, microsecondsPerHour, parseStamp } from '../support/model/stamps.js';
import type { Clocks, Scenario, ScenarioCase } from '../support/scenario/scenario.js';

const actions = 'IDN_ACTION';
const properties = 'IDN_ACTION_PROPERTIES';
const references = 'IDP_AUTHENTICATOR_PROPERTY';

/** Fills its CHAR(36), so that no engine pads it. */
const uuid = (name: string): string => name.padEnd(36, '-');

const action = (name: string, fields: Row): PlacedRow => [
  actions,
  { UUID: uuid(name), TYPE: 'AUTHENTICATION', NAME: name, STATUS: 'ACTIVE', TENANT_ID: -1234n, ...fields },
];
const property = (name: string, ofAction: string, value: string | null = null): PlacedRow => [
  properties,
  { ACTION_UUID: uuid(ofAction), PROPERTY_NAME: name, PROPERTY_VALUE: value, TENANT_ID: -1234n },
];
/** A property of an authenticator; an `actionId` is what refers to an action. */
const reference = (id: number, value: string | null, fields: Row = {}): PlacedRow => [
  references,
  {
    ID: BigInt(id),
    TENANT_ID: -1234n,
    AUTHENTICATOR_ID: BigInt(id),
    PROPERTY_KEY: 'actionId',
    PROPERTY_VALUE: value,
    IS_SECRET: '0',
    ...fields,
  },
];

const long = (clocks: Clocks): Row => ({ CREATED_AT: before(clocks.utcNow, { days: 400 }) });

/** An action that is old and of the right type unless told, with what else is there. */
const single = (
  outcome: 'keeps' | 'deletes',
  words: string,
  fields: (clocks: Clocks) => Row = () => ({}),
  others: readonly PlacedRow[] = [],
): ScenarioCase => ({
  name: `${outcome} an action ${words}`,
  rows: (clocks) => [action('a', { ...long(clocks), ...fields(clocks) }), ...others],
  survivors: { [actions]: outcome === 'keeps' ? ['a'] : [] },
});
const created = (span: Parameters<typeof before>[1]) => (clocks: Clocks) => ({
  CREATED_AT: before(clocks.utcNow, span),
});

const otherTypes = [
  ...['PRE_ISSUE_ACCESS_TOKEN', 'PRE_UPDATE_PASSWORD', 'PRE_UPDATE_PROFILE', 'PRE_ISSUE_ID_TOKEN'],
  ...['authentication', 'Authentication', 'AUTHENTICATION ', ' AUTHENTICATION', 'AUTHENTICATIONS', ''],
];

const cases: readonly ScenarioCase[] = [
  single('deletes', 'that nothing refers to'),
  single('deletes', 'that nothing refers to, whatever its state', () => ({ STATUS: 'INACTIVE', UPDATED_AT: null })),
  ...otherTypes.map((type) => single('keeps', `of type '${type}' that nothing refers to`, () => ({ TYPE: type }))),
  single('keeps', 'that an authenticator refers to', undefined, [reference(1, uuid('a'))]),
  single('keeps', 'that two authenticators refer to', undefined, [reference(1, uuid('a')), reference(2, uuid('a'))]),
  single('keeps', 'that an authenticator of another tenant refers to', undefined, [
    reference(1, uuid('a'), { TENANT_ID: 7n }),
  ]),
  single('keeps', 'that an authenticator of no tenant refers to', undefined, [
    reference(1, uuid('a'), { TENANT_ID: null, AUTHENTICATOR_ID: null }),
  ]),
  // Nobody knows what a later version will call the reference.
  single('keeps', 'that a property of an authenticator names under another key', undefined, [
    reference(1, uuid('a'), { PROPERTY_KEY: 'fallbackActionId' }),
  ]),
  single('keeps', 'of no known age that an authenticator refers to', () => ({ CREATED_AT: null }), [
    reference(1, uuid('a')),
  ]),
  // The vendor's NOT IN finds nothing at all once a single PROPERTY_VALUE is NULL.
  single('deletes', 'that nothing refers to, though some property has no value', undefined, [
    reference(1, null),
    reference(2, uuid('b')),
  ]),
  single('keeps', 'that an authenticator refers to, beside a property without a value', undefined, [
    reference(1, null),
    reference(2, uuid('a')),
  ]),
  single('deletes', 'that other properties only resemble', undefined, [
    reference(1, `x${uuid('a')}`),
    reference(2, 'a'),
    reference(3, ''),
    reference(4, uuid('a').slice(0, 35)),
    reference(5, `${uuid('a')},${uuid('b')}`),
  ]),
  single('keeps', 'created a minute ago, whose authenticator is still to come', created({ minutes: 1 })),
  single('keeps', 'created a quarter of an hour less than a day ago', created({ hours: 24, minutes: -15 })),
  single('deletes', 'created a quarter of an hour more than a day ago', created({ hours: 24, minutes: 15 })),
  single('keeps', 'created in the future', created({ days: -30 })),
  single('deletes', 'of no known age that nothing refers to', () => ({ CREATED_AT: null, UPDATED_AT: null })),
  single('deletes', 'that is old though it was changed just now', ({ utcNow }) => ({
    UPDATED_AT: before(utcNow, { minutes: 1 }),
  })),
  single('keeps', 'of another type and no known age', () => ({ TYPE: 'PRE_UPDATE_PROFILE', CREATED_AT: null })),
  {
    ...single('keeps', 'created on the zero date', () => ({ CREATED_AT: '0000-00-00 00:00:00' })),
    needs: { zeroDates: true },
  },
  {
    name: 'takes along the properties of a stale action only',
    rows: (clocks) => [
      action('stale', long(clocks)),
      action('used', long(clocks)),
      action('other', { ...long(clocks), TYPE: 'PRE_UPDATE_PASSWORD' }),
      action('young', { CREATED_AT: before(clocks.utcNow, { hours: 1 }) }),
      ...['stale', 'used', 'other', 'young'].flatMap((name) => [
        property(`${name}-uri`, name, 'https://example.com'),
        property(`${name}-secret`, name),
      ]),
      reference(1, uuid('used')),
      reference(2, null),
    ],
    survivors: {
      [actions]: ['used', 'other', 'young'],
      [properties]: ['used-uri', 'used-secret', 'other-uri', 'other-secret', 'young-uri', 'young-secret'],
      [references]: ['1', '2'],
    },
  },
  {
    name: "deletes an action that only actions' own properties name",
    rows: (clocks) => [
      action('a', long(clocks)),
      action('b', long(clocks)),
      property('of-a', 'a', uuid('a')),
      property('of-b', 'b', uuid('a')),
      reference(1, uuid('b')),
    ],
    survivors: { [actions]: ['b'], [properties]: ['of-b'], [references]: ['1'] },
  },
  {
    name: 'deletes the stale actions of every tenant',
    rows: (clocks) => [
      ...[-1234n, 1n, 2n].flatMap((tenant) => [
        action(`stale-${tenant}`, { ...long(clocks), TENANT_ID: tenant }),
        action(`used-${tenant}`, { ...long(clocks), TENANT_ID: tenant }),
      ]),
      reference(1, uuid('used--1234')),
      reference(2, uuid('used-1'), { TENANT_ID: 1n }),
      reference(3, uuid('used-2'), { TENANT_ID: 2n }),
    ],
    survivors: { [actions]: ['used--1234', 'used-1', 'used-2'] },
  },
];

const planned = fc.record({
  type: fc.oneof(
    { weight: 6, arbitrary: fc.constant('AUTHENTICATION') },
    { weight: 1, arbitrary: fc.constantFrom(...otherTypes) },
  ),
  minutes: fc.oneof({ weight: 2, arbitrary: minutesPast }, fc.integer({ min: 15, max: 500_000 }), fc.constant(null)),
  properties: fc.nat({ max: 3 }),
});
const plan = fc.record({
  actions: fc.array(planned, { minLength: 5, maxLength: 50, size: 'max' }),
  /** Which action a property names; beyond the last one an action that is long gone, and none at all. */
  references: fc.array(fc.option(fc.nat({ max: 40 }), { freq: 6 }), { maxLength: 25, size: 'max' }),
});

export const scenario: Scenario = {
  policy: 'stale_actions',
  tables: [actions, properties, references],
  keys: { [actions]: ['NAME'], [properties]: ['PROPERTY_NAME'] },
  cases,
  random: plan.map(({ actions: all, references: named }) => ({ utcNow }) => {
    const cutOff = utcNow - 24n * microsecondsPerHour;
    const rows = all.flatMap(({ type, minutes, properties: count }, index) => [
      action(`a${index}`, {
        TYPE: type,
        CREATED_AT: minutes === null ? null : formatStamp(past(cutOff, minutes)),
      }),
      ...Array.from({ length: count }, (_, nth) => property(`a${index}-${nth}`, `a${index}`)),
    ]);
    return {
      database: databaseOf([
        ...rows,
        ...named.map((of, index) => reference(index, of === null ? null : uuid(`a${of}`))),
      ]),
      settings: {},
    };
  }),
  lives: (table, row, world) => {
    if (table !== actions) return table === references;
    if (row.TYPE !== 'AUTHENTICATION') return true;
    if (world.rows(references).some(({ PROPERTY_VALUE: value }) => value === row.UUID)) return true;
    // Of an action without a time nothing says that its authenticator is still to come.
    return row.CREATED_AT !== null && isToCome(row.CREATED_AT, world.hoursAgo(24));
  },
  model: (world) => {
    const dayAgo = world.surelyHoursAgo(24);
    const named = world.rows(references).map((row) => row.PROPERTY_VALUE);
    world.remove(actions, ({ UUID: id, TYPE: type, CREATED_AT: since = null }) => {
      if (type !== 'AUTHENTICATION') return undefined;
      if (named.includes(id)) return undefined;
      // Where nothing is known of its age, it is no newborn: the product stamps new ones.
      if (since === null) return 'stale';
      const moment = parseStamp(since);
      return moment !== undefined && moment < dayAgo ? 'stale' : undefined;
    });
  },
};
