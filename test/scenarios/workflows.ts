import * as fc from 'fast-check';
import { minutesPast, past } from '../support/data/expiry.js';
import { databaseOf, type PlacedRow } from '../support/data/row-factories.js';
import { before, type Span } from '../support/data/span.js';
import { isToCome } from '../support/model/lives.js';
import type { Row } from '../support/model/rows.js';
import { formatStamp, microsecondsPerDay, parseStamp } from '../support/model/stamps.js';
import type { Scenario, ScenarioCase } from '../support/scenario/scenario.js';

const requests = 'WF_REQUEST';
const entities = 'WF_REQUEST_ENTITY_RELATIONSHIP';
const relations = 'WF_WORKFLOW_REQUEST_RELATION';
const approvals = 'WF_WORKFLOW_APPROVAL_RELATION';

const request = (id: string, fields: Row): PlacedRow => [
  requests,
  {
    UUID: id,
    CREATED_BY: 'someone',
    TENANT_ID: -1234n,
    OPERATION_TYPE: 'ADD_USER',
    CREATED_AT: '2020-01-01 00:00:00',
    STATUS: 'APPROVED',
    ...fields,
  },
];

const workflow = (id: string): PlacedRow => ['WF_WORKFLOW', { ID: id, WF_NAME: id, TENANT_ID: -1234n }];

const entity = (requestId: string, name: string): PlacedRow => [
  entities,
  { REQUEST_ID: requestId, ENTITY_NAME: name, ENTITY_TYPE: 'USER', TENANT_ID: -1234n },
];
const relation = (id: string, requestId: string | null, workflowId: string | null, fields: Row = {}): PlacedRow => [
  relations,
  { RELATIONSHIP_ID: id, WORKFLOW_ID: workflowId, REQUEST_ID: requestId, TENANT_ID: -1234n, ...fields },
];
const approval = (id: string, requestId: string, workflowId: string, status = 'APPROVED'): PlacedRow => [
  approvals,
  {
    TASK_ID: id,
    EVENT_ID: requestId,
    WORKFLOW_ID: workflowId,
    APPROVER_TYPE: 'roles',
    APPROVER_NAME: 'admin',
    TASK_STATUS: status,
  },
];

const finished = ['APPROVED', 'REJECTED', 'FAILED', 'DELETED', 'ABORTED'];

/** States that wait for somebody, that are not known to be final, or that are no state of the product. */
const open: readonly (string | null)[] = [
  ...['PENDING', 'CREATED', 'SKIPPED', 'UNDEFINED'],
  ...['approved', 'Rejected', 'aborted', 'APPROVED ', ' DELETED', 'FAILED\t', 'COMPLETED', ''],
  null,
];

const long: Span = { days: 1500 };
const old: Span = { days: 60, minutes: 15 };
const young: Span = { days: 60, minutes: -15 };

const single = (outcome: 'keeps' | 'deletes', words: string, updated: Span | null, fields: Row): ScenarioCase => ({
  name: `${outcome} a request ${words}`,
  ...(updated === null && { needs: { nullable: [`${requests}.UPDATED_AT`] } }),
  rows: ({ utcNow }) => [request('r', { UPDATED_AT: updated && before(utcNow, updated), ...fields })],
  survivors: { [requests]: outcome === 'keeps' ? ['r'] : [] },
});

const stateCases: readonly ScenarioCase[] = [
  ...finished.flatMap((status) => [
    single('deletes', `that is ${status} since a quarter of an hour before the retention`, old, { STATUS: status }),
    single('keeps', `that is ${status} since a quarter of an hour after the retention began`, young, {
      STATUS: status,
    }),
    single('keeps', `that is ${status} since a minute ago`, { minutes: 1 }, { STATUS: status }),
    single('keeps', `that is ${status} and never updated`, null, { STATUS: status }),
  ]),
  ...open.map((status) => single('keeps', `in state '${status}', however old`, long, { STATUS: status })),
  single('keeps', 'that is PENDING and never updated', null, { STATUS: 'PENDING' }),
  single('keeps', 'updated in the future', { days: -900 }, {}),
  single('deletes', 'that nobody made, of no tenant', long, { CREATED_BY: null, TENANT_ID: null, CREATED_AT: null }),
  {
    name: 'goes by when a request was finished, not by when it was made',
    rows: ({ utcNow }) => [
      request('late', { CREATED_AT: before(utcNow, long), UPDATED_AT: before(utcNow, { days: 1 }) }),
      request('early', { CREATED_AT: before(utcNow, { days: 1 }), UPDATED_AT: before(utcNow, old) }),
    ],
    survivors: { [requests]: ['late'] },
  },
  {
    name: 'keeps a request updated on the zero date',
    needs: { zeroDates: true },
    rows: () => [request('r', { UPDATED_AT: '0000-00-00 00:00:00' })],
    survivors: { [requests]: ['r'] },
  },
];

const settingCases = [2, 60, 365, 3_650].map(
  (days): ScenarioCase => ({
    name: `keeps finished requests for ${days} days when asked to`,
    settings: { workflow_retention_days: days },
    rows: ({ utcNow }) => [
      request('young', { UPDATED_AT: before(utcNow, { days, minutes: -15 }) }),
      request('old', { UPDATED_AT: before(utcNow, { days, minutes: 15 }) }),
    ],
    survivors: { [requests]: ['young'] },
  }),
);

const childCases: readonly ScenarioCase[] = [
  {
    name: 'takes along all that hangs on a dead request, and nothing that hangs on a living one',
    rows: ({ utcNow }) => [
      workflow('w'),
      request('dead', { UPDATED_AT: before(utcNow, long) }),
      request('live', { UPDATED_AT: before(utcNow, long), STATUS: 'PENDING' }),
      ...['dead', 'live'].flatMap((id) => [
        entity(id, 'user-1'),
        entity(id, 'user-2'),
        relation(`${id}-1`, id, 'w'),
        relation(`${id}-2`, id, null),
        approval(`${id}-1`, id, 'w'),
        approval(`${id}-2`, id, 'w', 'BLOCKED'),
      ]),
    ],
    survivors: {
      [requests]: ['live'],
      [entities]: ['live/user-1', 'live/user-2'],
      [relations]: ['live-1', 'live-2'],
      [approvals]: ['live-1', 'live-2'],
      WF_WORKFLOW: ['w'],
    },
  },
  {
    name: 'goes by the state of the request, not by those of its relations and approvals',
    rows: ({ utcNow }) => {
      const stamp = before(utcNow, long);
      return [
        workflow('w'),
        request('open', { UPDATED_AT: stamp, STATUS: 'PENDING' }),
        relation('of-open', 'open', 'w', { STATUS: 'APPROVED', UPDATED_AT: stamp }),
        approval('of-open', 'open', 'w', 'APPROVED'),
        request('done', { UPDATED_AT: stamp, STATUS: 'REJECTED' }),
        relation('of-done', 'done', 'w', { STATUS: 'PENDING', UPDATED_AT: before(utcNow, { minutes: 1 }) }),
        approval('of-done', 'done', 'w', 'READY'),
      ];
    },
    survivors: { [requests]: ['open'], [relations]: ['of-open'], [approvals]: ['of-open'], WF_WORKFLOW: ['w'] },
  },
  {
    name: 'leaves relations alone that belong to no request',
    rows: ({ utcNow }) => [
      workflow('w'),
      request('dead', { UPDATED_AT: before(utcNow, long) }),
      relation('alone', null, 'w', { STATUS: 'APPROVED', UPDATED_AT: before(utcNow, long) }),
      relation('bare', null, null),
    ],
    survivors: { [requests]: [], [relations]: ['alone', 'bare'], WF_WORKFLOW: ['w'] },
  },
  {
    name: 'deletes many requests of one workflow and leaves the workflow',
    rows: ({ utcNow }) => [
      workflow('w'),
      ...Array.from({ length: 20 }, (_, index) => [
        request(`r${index}`, {
          STATUS: finished[index % 5] ?? null,
          UPDATED_AT: before(utcNow, index % 2 === 0 ? young : old),
        }),
        relation(`r${index}`, `r${index}`, 'w'),
      ]).flat(),
    ],
    survivors: {
      [requests]: Array.from({ length: 10 }, (_, index) => `r${2 * index}`),
      [relations]: Array.from({ length: 10 }, (_, index) => `r${2 * index}`),
      WF_WORKFLOW: ['w'],
    },
  },
];

const planned = fc.record({
  status: fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...finished) }, fc.constantFrom(...open)),
  minutes: fc.oneof({ weight: 9, arbitrary: minutesPast }, fc.constant(null)),
  entities: fc.nat({ max: 2 }),
  relations: fc.nat({ max: 2 }),
  approvals: fc.nat({ max: 2 }),
  workflow: fc.nat({ max: 1 }),
});
const plan = fc.record({
  days: fc.constantFrom(60, 2, 30, 365),
  requests: fc.array(planned, { minLength: 5, maxLength: 45, size: 'max' }),
});

const times = (count: number, make: (index: number) => PlacedRow): readonly PlacedRow[] =>
  Array.from({ length: count }, (_, index) => make(index));

export const scenario: Scenario = {
  policy: 'workflows',
  tables: ['WF_WORKFLOW', requests, entities, relations, approvals],
  keys: {
    [requests]: ['UUID'],
    [entities]: ['REQUEST_ID', 'ENTITY_NAME'],
    [relations]: ['RELATIONSHIP_ID'],
    [approvals]: ['TASK_ID'],
  },
  cases: [...stateCases, ...settingCases, ...childCases],
  random: plan.map(({ days, requests: all }) => ({ utcNow }) => {
    const cutOff = utcNow - BigInt(days) * microsecondsPerDay;
    const rows = all.flatMap(({ status, minutes, workflow: of, ...children }, index) => {
      const id = `r${index}`;
      return [
        request(id, { STATUS: status, UPDATED_AT: minutes === null ? null : formatStamp(past(cutOff, minutes)) }),
        ...times(children.entities, (nth) => entity(id, `user-${nth}`)),
        ...times(children.relations, (nth) => relation(`${id}-${nth}`, id, nth === 0 ? `w${of}` : null)),
        ...times(children.approvals, (nth) => approval(`${id}-${nth}`, id, `w${of}`)),
      ];
    });
    return {
      database: databaseOf([workflow('w0'), workflow('w1'), ...rows, relation('alone', null, 'w0')]),
      settings: { workflow_retention_days: days },
    };
  }),
  lives: (table, row, world) => {
    if (table !== requests) return table === 'WF_WORKFLOW';
    const since = world.hoursAgo(24 * world.number('workflow_retention_days', 60));
    return !finished.includes(String(row.STATUS)) || isToCome(row.UPDATED_AT, since);
  },
  model: (world) => {
    const cutOff = world.surelyHoursAgo(24 * world.number('workflow_retention_days', 60));
    world.remove(requests, ({ STATUS: status, UPDATED_AT: updated }) => {
      if (typeof status !== 'string' || !finished.includes(status)) return undefined;
      const moment = parseStamp(updated);
      return moment !== undefined && moment < cutOff ? 'finished' : undefined;
    });
  },
};
