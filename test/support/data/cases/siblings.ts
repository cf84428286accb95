import type { Row } from '../../model/rows.js';
import type { CaseSettings, ConformanceCase, Moment, Needs } from '../case-types.js';
import { newestToken } from '../row-factories.js';
import { auditRow, cibaCode, deviceCode } from '../sibling-factories.js';
import { after, before, type Span } from '../span.js';

const cibaTable = 'IDN_OAUTH2_CIBA_AUTH_CODE';
const deviceTable = 'IDN_OAUTH2_DEVICE_FLOW';
const auditTable = 'IDN_OAUTH2_ACCESS_TOKEN_AUDIT';

const ciba = (
  outcome: 'keeps' | 'deletes',
  words: string,
  fields: (m: Moment) => Row,
  needs: Needs = {},
): ConformanceCase => ({
  name: `${outcome} a CIBA code ${words}`,
  needs: { tables: [cibaTable], ...needs },
  rows: (m) => [newestToken(m.utcNow), cibaCode('b', fields(m))],
  survivors: { [cibaTable]: outcome === 'keeps' ? ['b'] : [] },
});
const device = (
  outcome: 'keeps' | 'deletes',
  words: string,
  fields: (m: Moment) => Row,
  needs: Needs = {},
): ConformanceCase => ({
  name: `${outcome} a device code ${words}`,
  needs: { tables: [deviceTable], ...needs },
  rows: (m) => [newestToken(m.utcNow), deviceCode('d', fields(m))],
  survivors: { [deviceTable]: outcome === 'keeps' ? ['d'] : [] },
});

/** The server's own clock decides here, so nothing stands nearer to the edge than a quarter of an hour. */
const issued = (m: Moment, span: Span, fields: Row = {}): Row => ({ ISSUED_TIME: before(m.utcNow, span), ...fields });
const justNow: Span = { minutes: 1 };

const cibaCases: readonly ConformanceCase[] = [
  ...['EXPIRED', 'TOKEN_ISSUED', 'FAILED'].map((status) =>
    ciba('deletes', `that is ${status}, however young`, (m) => issued(m, justNow, { AUTH_REQ_STATUS: status })),
  ),
  ciba('deletes', 'that is FAILED and never expires', (m) =>
    issued(m, justNow, { AUTH_REQ_STATUS: 'FAILED', EXPIRES_IN: null }),
  ),
  ...['REQUESTED', 'AUTHENTICATED', 'CONSENT_DENIED', 'expired', 'Failed', 'TOKEN_ISSUED ', '', null].flatMap(
    (status) => [
      ciba('keeps', `in status '${status}' issued just now`, (m) => issued(m, justNow, { AUTH_REQ_STATUS: status })),
      ciba('deletes', `in status '${status}' a month past its end`, (m) =>
        issued(m, { days: 30 }, { AUTH_REQ_STATUS: status }),
      ),
    ],
  ),
  ciba('deletes', 'a quarter of an hour past its day of grace', (m) => issued(m, { hours: 24, minutes: 17 })),
  ciba('keeps', 'a quarter of an hour before its day of grace ends', (m) => issued(m, { hours: 24, minutes: -13 })),
  ciba('keeps', 'of two days, issued the day before yesterday', (m) =>
    issued(m, { hours: 60 }, { EXPIRES_IN: 172_800n }),
  ),
  ciba('deletes', 'of two days, issued over three days ago', (m) => issued(m, { hours: 73 }, { EXPIRES_IN: 172_800n })),
  ciba('deletes', 'of one second, issued over a day ago', (m) => issued(m, { hours: 25 }, { EXPIRES_IN: 1n })),
  ...[0n, -1n, -2_147_483_648n, null, 2_147_483_647n].map((seconds) =>
    ciba('keeps', `that is old and expires in ${seconds} s`, (m) => issued(m, { days: 900 }, { EXPIRES_IN: seconds })),
  ),
  ciba('keeps', 'stamped in the future', (m) => issued(m, { days: -30 })),
  ciba('keeps', 'stamped on the zero date', () => ({ ISSUED_TIME: '0000-00-00 00:00:00' }), { zeroDates: true }),
  ciba('keeps', 'without a stamp', () => ({ ISSUED_TIME: null, LAST_POLLED_TIME: '2020-01-01 00:00:00' }), {
    nullable: [`${cibaTable}.ISSUED_TIME`],
  }),
];

const ends = (m: Moment, span: Span, fields: Row = {}): Row => ({ EXPIRY_TIME: before(m.utcNow, span), ...fields });
const deviceCases: readonly ConformanceCase[] = [
  device('deletes', 'that is EXPIRED though its time is to come', (m) => ({
    STATUS: 'EXPIRED',
    EXPIRY_TIME: after(m.utcNow, { days: 1 }),
  })),
  ...['PENDING', 'AUTHORIZED', 'USED', 'expired', 'EXPIRED ', '', null].flatMap((status) => [
    device('keeps', `in status '${status}' that ended an hour ago`, (m) => ends(m, { hours: 1 }, { STATUS: status })),
    device('deletes', `in status '${status}' that ended a month ago`, (m) => ends(m, { days: 30 }, { STATUS: status })),
  ]),
  device('deletes', 'that ended a quarter of an hour more than a day ago', (m) => ends(m, { hours: 24, minutes: 15 })),
  device('keeps', 'that ended a quarter of an hour less than a day ago', (m) => ends(m, { hours: 24, minutes: -15 })),
  device('keeps', 'whose time is to come', (m) => ends(m, { days: -30 })),
  device('keeps', 'whose end is the zero date', () => ({ EXPIRY_TIME: '0000-00-00 00:00:00' }), { zeroDates: true }),
  device(
    'keeps',
    'without an end',
    () => ({ EXPIRY_TIME: null, TIME_CREATED: '2020-01-01 00:00:00', LAST_POLL_TIME: '2020-01-01 00:00:00' }),
    {
      nullable: [`${deviceTable}.EXPIRY_TIME`],
    },
  ),
];

const audit = (
  name: string,
  left: readonly string[],
  settings: Partial<CaseSettings>,
  spans: readonly (Span | null)[],
): ConformanceCase => ({
  name,
  needs: { tables: [auditTable] },
  settings,
  rows: (m) => [
    newestToken(m.utcNow),
    ...spans.map((span, index) => auditRow(index + 1, span && before(m.utcNow, span))),
  ],
  survivors: { IDN_OAUTH2_ACCESS_TOKEN: ['newest'], [auditTable]: left },
});
const on = { auditPruning: true };
const aroundQuarter: readonly (Span | null)[] = [
  {},
  { days: 90, minutes: -15 },
  { days: 90, minutes: 15 },
  { days: 900 },
  null,
];
const auditCases: readonly ConformanceCase[] = [
  audit(
    'keeps the whole audit trail unless asked',
    ['audited-1', 'audited-2', 'audited-3', 'audited-4', 'audited-5'],
    {},
    aroundQuarter,
  ),
  audit(
    'deletes audit rows older than ninety days when asked',
    ['audited-1', 'audited-2', 'audited-5'],
    on,
    aroundQuarter,
  ),
  audit('deletes audit rows older than a day when asked for one', ['audited-1'], { ...on, auditRetentionDays: 1 }, [
    { hours: 23 },
    { hours: 25 },
    { days: 2 },
  ]),
  audit('keeps audit rows younger than a year when asked for one', ['audited-1'], { ...on, auditRetentionDays: 365 }, [
    { days: 364 },
    { days: 366 },
  ]),
  audit('keeps audit rows from the future', ['audited-1'], { ...on, auditRetentionDays: 1 }, [{ days: -2 }]),
  {
    name: 'keeps audit rows stamped on the zero date',
    needs: { tables: [auditTable], zeroDates: true },
    settings: on,
    rows: (m) => [newestToken(m.utcNow), auditRow(1, '0000-00-00 00:00:00')],
    survivors: { [auditTable]: ['audited-1'] },
  },
];

/** CIBA codes, device codes and the audit trail. */
export const siblingCases: readonly ConformanceCase[] = [...cibaCases, ...deviceCases, ...auditCases];
