import * as fc from 'fast-check';
import { minutesPast, past } from '../support/data/expiry.js';
import { databaseOf, type PlacedRow } from '../support/data/row-factories.js';
import { before } from '../support/data/span.js';
import { isToCome } from '../support/model/lives.js';
import type { Row } from '../support/model/rows.js';
import { formatStamp, microsecondsPerDay, parseStamp } from '../support/model/stamps.js';
import type { Clocks, Scenario, ScenarioCase } from '../support/scenario/scenario.js';

const table = 'IDN_ORG_USER_INVITATION';
const assignments = 'IDN_ORG_USER_INVITE_ASSIGNMENT';
const retentionDays = 90;

const invitation = (id: string, fields: Row): PlacedRow => [
  table,
  {
    ID: 1n,
    INVITATION_ID: id,
    CONFIRMATION_CODE: `code-of-${id}`,
    USER_NAME: 'someone',
    DOMAIN_NAME: 'PRIMARY',
    EMAIL: 'someone@example.com',
    USER_ORG_ID: 'org-1',
    INVITED_ORG_ID: 'org-2',
    USER_REDIRECT_URL: 'https://example.com',
    STATUS: 'PENDING',
    CREATED_AT: '2024-01-01 00:00:00',
    ...fields,
  },
];
const assignment = (role: string, ofInvitation: string): PlacedRow => [
  assignments,
  { ID: 1n, INVITATION_ID: ofInvitation, ASSIGNMENT_ID: role, ASSIGNMENT_TYPE: 'ROLE' },
];

const on = { invitation_pruning: 'yes' };
const single = (
  outcome: 'keeps' | 'deletes',
  words: string,
  fields: (clocks: Clocks) => Row,
  settings: ScenarioCase['settings'] = on,
): ScenarioCase => ({
  name: `${outcome} an invitation ${words}`,
  settings,
  rows: (clocks) => [invitation('i', fields(clocks))],
  survivors: { [table]: outcome === 'keeps' ? ['i'] : [] },
});
const expired =
  (span: Parameters<typeof before>[1], fields: Row = {}) =>
  ({ utcNow }: Clocks): Row => ({ EXPIRED_AT: before(utcNow, span), ...fields });

const cases: readonly ScenarioCase[] = [
  single('keeps', 'that can be accepted', expired({ days: -1 })),
  single('keeps', 'that expired a minute ago', expired({ minutes: 1 })),
  single('keeps', 'that expired a quarter of an hour less than 90 days ago', expired({ days: 90, minutes: -15 })),
  single('deletes', 'that expired a quarter of an hour more than 90 days ago', expired({ days: 90, minutes: 15 })),
  single('deletes', 'that expired years ago, if it says so', expired({ days: 1500 }, { STATUS: 'EXPIRED' })),
  ...['ACCEPTED', 'pending', 'PENDING ', ''].map((status) =>
    single(
      'keeps',
      `of status '${status}', of which nobody knows what it means`,
      expired({ days: 1500 }, { STATUS: status }),
    ),
  ),
  single('keeps', 'that expired years ago, while nobody asks for it', expired({ days: 1500 }), {}),
  single('keeps', 'that expired years ago, while that is off', expired({ days: 1500 }), { invitation_pruning: 'no' }),
  single('keeps', 'within a longer setting', expired({ days: 364 }), { ...on, invitation_retention_days: 365 }),
  single('deletes', 'beyond a shorter setting', expired({ days: 3 }), { ...on, invitation_retention_days: 2 }),
  {
    ...single('keeps', 'that expired on the zero date', () => ({ EXPIRED_AT: '0000-00-00 00:00:00' })),
    needs: { zeroDates: true },
  },
  {
    name: 'takes along the roles and groups of a dead invitation, and no other',
    settings: on,
    rows: (clocks) => [
      invitation('dead', expired({ days: 100 })(clocks)),
      invitation('live', expired({ days: 10 })(clocks)),
      ...['dead', 'live'].flatMap((id) => ['r1', 'r2'].map((role) => assignment(role, id))),
    ],
    survivors: { [table]: ['live'], [assignments]: ['live/r1', 'live/r2'] },
  },
];

const planned = fc.record({
  days: fc.constantFrom(90, 1, 365),
  pruning: fc.constantFrom('yes', 'yes', 'yes', 'no'),
  invitations: fc.array(
    fc.record({
      minutes: minutesPast,
      status: fc.constantFrom('PENDING', 'PENDING', 'EXPIRED', 'ACCEPTED'),
      roles: fc.integer({ min: 0, max: 2 }),
    }),
    { minLength: 5, maxLength: 50, size: 'max' },
  ),
});

export const scenario: Scenario = {
  policy: 'org_invitations',
  tables: [table, assignments],
  keys: { [table]: ['INVITATION_ID'], [assignments]: ['INVITATION_ID', 'ASSIGNMENT_ID'] },
  // One database serves many cases: a setting that a case moved must be put back by the next.
  settings: { invitation_pruning: 'no', invitation_retention_days: retentionDays },
  cases,
  random: planned.map((plan) => ({ utcNow }) => ({
    database: databaseOf(
      plan.invitations.flatMap(({ minutes, status, roles }, index) => [
        invitation(`i${index}`, {
          EXPIRED_AT: formatStamp(past(utcNow - BigInt(plan.days) * microsecondsPerDay, minutes)),
          STATUS: status,
        }),
        ...Array.from({ length: roles }, (_, role) => assignment(`r${role}`, `i${index}`)),
      ]),
    ),
    settings: { invitation_retention_days: plan.days, invitation_pruning: plan.pruning },
  })),
  lives: (of, row, world) => {
    // What an invitation would give goes with it.
    if (of === assignments) return false;
    if (of !== table || !world.isOn('invitation_pruning')) return true;
    const days = BigInt(world.number('invitation_retention_days', retentionDays));
    return isToCome(row.EXPIRED_AT, world.facts.clocks.utcNow - days * microsecondsPerDay);
  },
  model: (world) => {
    if (!world.isOn('invitation_pruning')) return;
    const limit = world.surelyHoursAgo(24 * world.number('invitation_retention_days', retentionDays));
    world.remove(table, ({ STATUS: status, EXPIRED_AT: end }) => {
      if (status !== 'PENDING' && status !== 'EXPIRED') return undefined;
      const moment = parseStamp(end);
      return moment !== undefined && moment < limit ? 'retention_over' : undefined;
    });
  },
};
