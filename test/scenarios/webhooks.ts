import * as fc from 'fast-check';
import { milliseconds, minutesPast, past } from '../support/data/expiry.js';
import { unreadableEnds } from '../support/data/revocations.js';
import { databaseOf, type PlacedRow } from '../support/data/row-factories.js';
import { before, type Span, spanMicroseconds } from '../support/data/span.js';
import type { Row, Value } from '../support/model/rows.js';
import { formatStamp, microsecondsPerHour, parseStamp } from '../support/model/stamps.js';
import type { Scenario, ScenarioCase, Settings } from '../support/scenario/scenario.js';

const subscriptions = 'AM_WEBHOOKS_SUBSCRIPTION';
const log = 'AM_WEBHOOKS_UNSUBSCRIPTION';

const shared = (topic: string): Row => ({
  API_UUID: 'api-1',
  APPLICATION_ID: '1',
  TENANT_DOMAIN: 'carbon.super',
  HUB_CALLBACK_URL: 'https://example.com/hook',
  HUB_TOPIC: topic,
  HUB_SECRET: null,
  HUB_LEASE_SECONDS: 600n,
});
const subscription = (id: bigint, end: Value, fields: Row = {}): PlacedRow => [
  subscriptions,
  {
    ...shared(`topic-${id}`),
    WH_SUBSCRIPTION_ID: id,
    UPDATED_AT: '2024-01-01 00:00:00',
    EXPIRY_AT: end,
    DELIVERED_AT: null,
    DELIVERY_STATE: null,
    ...fields,
  },
];
const entry = (topic: string, added: string): PlacedRow => [log, { ...shared(topic), ADDED_AT: added }];

const pruning: Settings = { unsubscription_pruning: 'yes' };

/** Leases that ended so long ago, by number. */
const leases = (name: string, settings: Settings, ago: readonly Span[], left: readonly string[]): ScenarioCase => ({
  name,
  settings,
  rows: ({ utcNow }) =>
    ago.map((span, index) => subscription(BigInt(index), milliseconds(utcNow - spanMicroseconds(span)))),
  survivors: { [subscriptions]: left },
});

const cases: readonly ScenarioCase[] = [
  leases(
    'keeps a subscription whose lease runs, and for thirty days after',
    {},
    [{ hours: -2 }, { minutes: 1 }, { days: 30, minutes: -15 }, { days: 30, minutes: 15 }, { days: 3_000 }],
    ['0', '1', '2'],
  ),
  leases(
    'keeps an ended lease for as long as the setting says',
    { webhook_grace_hours: 24 },
    [
      { hours: 24, minutes: -15 },
      { hours: 24, minutes: 15 },
    ],
    ['0'],
  ),
  {
    name: 'keeps a subscription that never ends, or whose end cannot be read',
    rows: () => [...unreadableEnds, null].map((end, index) => subscription(BigInt(index), end)),
    survivors: { [subscriptions]: [...unreadableEnds.keys(), unreadableEnds.length].map(String) },
  },
  {
    name: 'deletes an ended lease whatever became of the last delivery',
    rows: ({ utcNow }) =>
      [null, 0n, 1n, 2n].map((state, index) =>
        subscription(BigInt(index), milliseconds(utcNow) - 2_700_000_000n, {
          DELIVERY_STATE: state,
          DELIVERED_AT: before(utcNow, { minutes: 1 }),
          UPDATED_AT: before(utcNow, { minutes: 1 }),
        }),
      ),
    survivors: { [subscriptions]: [] },
  },
  {
    name: 'keeps the log of unsubscriptions until asked',
    rows: ({ utcNow }) => [entry('old', before(utcNow, { days: 900 })), entry('young', before(utcNow, { days: 1 }))],
    survivors: { [log]: ['old', 'young'] },
  },
  {
    name: 'prunes the log of unsubscriptions once asked',
    settings: pruning,
    rows: ({ utcNow }) => [
      entry('young', before(utcNow, { minutes: 1 })),
      entry('kept', before(utcNow, { days: 90, minutes: -15 })),
      entry('old', before(utcNow, { days: 90, minutes: 15 })),
      entry('older', before(utcNow, { days: 900 })),
    ],
    survivors: { [log]: ['young', 'kept'] },
  },
  {
    name: 'keeps the log for as long as the setting says, and tells no two of its rows from their likes',
    settings: { ...pruning, unsubscription_days: 2 },
    rows: ({ utcNow }) => {
      const [young, old] = [before(utcNow, { days: 1 }), before(utcNow, { days: 3 })];
      return [...[young, young].map((at) => entry('twice', at)), ...[old, old, old].map((at) => entry('thrice', at))];
    },
    survivors: { [log]: ['twice', 'twice'] },
  },
  {
    name: 'keeps an entry of the log added on the zero date',
    needs: { zeroDates: true },
    settings: pruning,
    rows: () => [entry('zero', '0000-00-00 00:00:00')],
    survivors: { [log]: ['zero'] },
  },
];

const plan = fc.record({
  graceHours: fc.constantFrom(720, 24, 8_760),
  days: fc.constantFrom(90, 2, 365),
  prunes: fc.constantFrom('yes', 'yes', 'no'),
  leases: fc.array(minutesPast, { minLength: 5, maxLength: 40, size: 'max' }),
  odd: fc.array(fc.constantFrom(...unreadableEnds, null), { maxLength: 5 }),
  log: fc.array(minutesPast, { minLength: 5, maxLength: 40, size: 'max' }),
});

export const scenario: Scenario = {
  policy: 'webhooks',
  tables: [subscriptions, log],
  keys: { [subscriptions]: ['WH_SUBSCRIPTION_ID'], [log]: ['HUB_TOPIC'] },
  cases,
  random: plan.map(({ graceHours, days, prunes, leases: ends, odd, log: entries }) => ({ utcNow }) => ({
    database: databaseOf([
      ...ends.map((minutes, index) =>
        subscription(BigInt(index), milliseconds(past(utcNow - BigInt(graceHours) * microsecondsPerHour, minutes))),
      ),
      ...odd.map((end, index) => subscription(BigInt(1_000 + index), end)),
      ...entries.map((minutes, index) =>
        entry(`topic-${index}`, formatStamp(past(utcNow - BigInt(days) * 24n * microsecondsPerHour, minutes))),
      ),
    ]),
    settings: { webhook_grace_hours: graceHours, unsubscription_days: days, unsubscription_pruning: prunes },
  })),
  lives: (table, { EXPIRY_AT: end, ADDED_AT: added }, world) => {
    const now = world.facts.clocks.utcNow;
    if (table === subscriptions) {
      // A gateway is given those that end now or later, and those of 0.
      return typeof end !== 'bigint' || end < 100_000_000_000n || end >= milliseconds(now);
    }
    const moment = parseStamp(added);
    return moment === undefined || moment >= world.hoursAgo(24 * world.number('unsubscription_days', 90));
  },
  model: (world) => {
    const grace = milliseconds(world.hoursAgo(world.number('webhook_grace_hours', 720)));
    world.remove(subscriptions, ({ EXPIRY_AT: end }) => {
      if (typeof end !== 'bigint') return undefined;
      if (end < 100_000_000_000n) return undefined;
      return end < grace ? 'expired' : undefined;
    });
    if (!world.isOn('unsubscription_pruning')) return;
    const retention = world.surelyHoursAgo(24 * world.number('unsubscription_days', 90));
    world.remove(log, ({ ADDED_AT: added }) => {
      const moment = parseStamp(added);
      return moment !== undefined && moment < retention ? 'retention_over' : undefined;
    });
  },
};
