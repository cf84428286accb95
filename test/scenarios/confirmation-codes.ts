import * as fc from 'fast-check';
import { minutesPast, past } from '../support/data/expiry.js';
import {
  askPassword,
  isValidAt,
  mayBeValid,
  properties,
  property,
  provider,
  providers,
  recovery,
} from '../support/data/governance.js';
import { governanceCases } from '../support/data/governance-cases.js';
import { databaseOf, type PlacedRow } from '../support/data/row-factories.js';
import { after, before, type Span } from '../support/data/span.js';
import { isToCome } from '../support/model/lives.js';
import type { Row } from '../support/model/rows.js';
import { formatStamp, microsecondsPerHour, parseStamp } from '../support/model/stamps.js';
import type { Clocks, Scenario, ScenarioCase } from '../support/scenario/scenario.js';

const codes = 'IDN_RECOVERY_DATA';
const flows = 'IDN_RECOVERY_FLOW_DATA';

const flow = (id: string, created: string, fields: Row = {}): PlacedRow => [
  flows,
  {
    RECOVERY_FLOW_ID: id,
    CODE: `code-of-${id}`,
    FAILED_ATTEMPTS: 0n,
    RESEND_COUNT: 0n,
    TIME_CREATED: created,
    ...fields,
  },
];

/** A code of a user of its own; CODE is unique in the product. */
const code = (id: string, created: string, flowId: string | null, fields: Row = {}): PlacedRow => [
  codes,
  {
    USER_NAME: `user-${id}`,
    USER_DOMAIN: 'PRIMARY',
    TENANT_ID: -1234n,
    CODE: id,
    SCENARIO: 'NOTIFICATION_BASED_PW_RECOVERY',
    STEP: 'UPDATE_PASSWORD',
    TIME_CREATED: created,
    RECOVERY_FLOW_ID: flowId,
    ...fields,
  },
];

/** Thirty days, unless the setting says otherwise. */
const retention: Span = { hours: 720 };
const young: Span = { hours: 720, minutes: -15 };
const old: Span = { hours: 720, minutes: 15 };

const words = (keep: boolean): string => (keep ? 'keeps' : 'deletes');

/** One old or young flow with codes of the given ages. */
const family = (
  name: string,
  flowAge: Span,
  codeAges: readonly Span[],
  left: { readonly flow: boolean; readonly codes: readonly string[] },
): ScenarioCase => ({
  name,
  rows: ({ utcNow }) => [
    flow('f', before(utcNow, flowAge)),
    ...codeAges.map((age, index) => code(`c${index}`, before(utcNow, age), 'f')),
  ],
  survivors: { [flows]: left.flow ? ['f'] : [], [codes]: left.codes },
});

const ages: readonly (readonly [keep: boolean, text: string, span: Span])[] = [
  [true, 'created just now', { minutes: 1 }],
  [true, 'created a quarter of an hour less than the retention ago', young],
  [false, 'created a quarter of an hour more than the retention ago', old],
  [false, 'created years ago', { days: 1500 }],
  [true, 'stamped in the future', { days: -400 }],
];

const ageCases = ages.flatMap(([keep, text, span]): readonly ScenarioCase[] => [
  {
    name: `${words(keep)} a code ${text}`,
    rows: ({ utcNow }) => [code('c', before(utcNow, span), null)],
    survivors: { [codes]: keep ? ['c'] : [] },
  },
  {
    name: `${words(keep)} a flow without codes ${text}`,
    rows: ({ utcNow }) => [flow('f', before(utcNow, span))],
    survivors: { [flows]: keep ? ['f'] : [] },
  },
]);

/** The flow is the parent: the vendor's script deletes an old one, and with it the codes that are still good. */
const familyCases: readonly ScenarioCase[] = [
  family('keeps an old flow for its one living code', { days: 60 }, [{ minutes: 5 }], { flow: true, codes: ['c0'] }),
  family('keeps an old flow for one living code among dead ones', old, [old, young, { days: 90 }], {
    flow: true,
    codes: ['c1'],
  }),
  family('deletes an old flow together with its last dead code', old, [old], { flow: false, codes: [] }),
  family('deletes an old flow with many dead codes', { days: 90 }, [old, old, { days: 60 }, { days: 90 }], {
    flow: false,
    codes: [],
  }),
  family('keeps a young flow whose codes are dead', young, [old, { days: 60 }], { flow: true, codes: [] }),
  family('keeps a young flow with young codes', { minutes: 5 }, [{ minutes: 5 }, { minutes: 4 }], {
    flow: true,
    codes: ['c0', 'c1'],
  }),
  {
    name: 'judges each flow by its own codes, and no flow by a code that has none',
    rows: ({ utcNow }) => [
      ...['held', 'free', 'bare'].map((id) => flow(id, before(utcNow, { days: 60 }))),
      code('live', before(utcNow, { hours: 1 }), 'held'),
      code('dead', before(utcNow, { days: 40 }), 'free'),
      code('alone', before(utcNow, { hours: 1 }), null),
    ],
    survivors: { [flows]: ['held'], [codes]: ['live', 'alone'] },
  },
  {
    name: 'goes by the age of a flow, whatever its own code and counters say',
    rows: ({ utcNow }) => [
      flow('a', before(utcNow, old), { CODE: null, FAILED_ATTEMPTS: 5n, RESEND_COUNT: 5n }),
      flow('b', before(utcNow, young), { CODE: null, FAILED_ATTEMPTS: -1n, RESEND_COUNT: 2_147_483_647n }),
    ],
    survivors: { [flows]: ['b'] },
  },
  {
    name: "keeps a user's young codes beside old ones of another scenario, step, domain or tenant",
    rows: ({ utcNow }) => {
      const same = (id: string, age: Span, fields: Row): PlacedRow =>
        code(id, before(utcNow, age), null, { USER_NAME: 'someone', ...fields });
      return [
        same('old-1', old, { SCENARIO: 'SELF_SIGN_UP' }),
        same('young-1', young, { SCENARIO: 'ASK_PASSWORD' }),
        same('old-2', old, { STEP: 'CONFIRM_SIGN_UP' }),
        same('young-2', young, { STEP: 'UPDATE_PASSWORD' }),
        same('old-3', old, { USER_DOMAIN: 'SECONDARY' }),
        same('young-3', young, { TENANT_ID: 7n, USER_DOMAIN: 'SECONDARY' }),
      ];
    },
    survivors: { [codes]: ['young-1', 'young-2', 'young-3'] },
  },
];

const zeroDates = { zeroDates: true } as const;
const zero = '0000-00-00 00:00:00';
const unreadable: readonly ScenarioCase[] = [
  {
    name: 'keeps a code created on the zero date, and the old flow with it',
    needs: zeroDates,
    rows: ({ utcNow }) => [flow('f', before(utcNow, old)), code('c', zero, 'f')],
    survivors: { [codes]: ['c'], [flows]: ['f'] },
  },
  {
    name: 'keeps a flow created on the zero date',
    needs: zeroDates,
    rows: () => [flow('f', zero)],
    survivors: { [flows]: ['f'] },
  },
];

const settingCases = [48, 720, 8_760, 87_600].map(
  (hours): ScenarioCase => ({
    name: `keeps codes and flows for ${hours} hours when asked to`,
    settings: { code_retention_hours: hours },
    rows: ({ utcNow }) => [
      code('c-young', before(utcNow, { hours, minutes: -15 }), null),
      code('c-old', before(utcNow, { hours, minutes: 15 }), null),
      flow('f-young', before(utcNow, { hours, minutes: -15 })),
      flow('f-old', before(utcNow, { hours, minutes: 15 })),
    ],
    survivors: { [codes]: ['c-young'], [flows]: ['f-young'] },
  }),
);

const tenants = [-1234n, 7n, 12n];
const finite = ['60', '0', '1440', '43200', '50000', '100000', '700000'];

/** Away from the moment at which some validity ends: the server's clock runs on while a test prepares. */
function awayFromEnds(ageMinutes: number): number {
  const near = (minutes: string): boolean => Math.abs(ageMinutes - Number(minutes) - 1440) < 15;
  return finite.some(near) ? awayFromEnds(ageMinutes + 30) : ageMinutes;
}

const plan = fc.record({
  retentionHours: fc.constantFrom(720, 48, 168, 8_760),
  flows: fc.array(minutesPast, { minLength: 3, maxLength: 25, size: 'max' }),
  /** Beyond the last flow: a code without one. */
  codes: fc.array(fc.record({ minutes: minutesPast, flow: fc.nat({ max: 30 }), tenant: fc.constantFrom(...tenants) }), {
    minLength: 5,
    maxLength: 60,
    size: 'max',
  }),
  /** What some tenants set; the last tenant sets nothing. */
  governance: fc.array(
    fc.record({
      tenant: fc.constantFrom(...tenants.slice(0, 2)),
      name: fc.constantFrom(askPassword, recovery, 'Recovery.Notification.Enable'),
      value: fc.oneof(
        { weight: 3, arbitrary: fc.constantFrom(...finite) },
        fc.constantFrom('-1', 'abc', '9'.repeat(20)),
      ),
    }),
    { maxLength: 4 },
  ),
});

export const scenario: Scenario = {
  policy: 'confirmation_codes',
  tables: [codes, flows, providers, properties],
  keys: { [codes]: ['CODE'], [flows]: ['RECOVERY_FLOW_ID'] },
  cases: [
    ...ageCases,
    ...familyCases,
    ...unreadable,
    ...settingCases,
    ...governanceCases,
    {
      name: 'deletes nothing of an hour that is yet to come',
      rows: ({ utcNow }: Clocks) => [
        flow('f', after(utcNow, retention)),
        code('c', after(utcNow, retention), 'f'),
        code('d', after(utcNow, { minutes: 1 }), null),
      ],
      survivors: { [codes]: ['c', 'd'], [flows]: ['f'] },
    },
  ],
  random: plan.map((planned) => ({ utcNow }) => {
    const cutOff = utcNow - BigInt(planned.retentionHours) * microsecondsPerHour;
    const stamp = (minutes: number): string => {
      const hours = planned.retentionHours;
      return formatStamp(past(cutOff, awayFromEnds(hours * 60 + minutes) - hours * 60));
    };
    const set = new Map(planned.governance.map((one) => [`${one.tenant} ${one.name}`, one]));
    return {
      database: databaseOf([
        ...planned.flows.map((minutes, index) => flow(`f${index}`, stamp(minutes))),
        ...planned.codes.map(({ minutes, flow: of, tenant }, index) =>
          code(`c${index}`, stamp(minutes), of < planned.flows.length ? `f${of}` : null, { TENANT_ID: tenant }),
        ),
        ...tenants.map((tenant, index) => provider(BigInt(index + 1), tenant)),
        ...[...set.values()].map(({ tenant, name, value }, index) =>
          property(BigInt(index + 1), BigInt(tenants.indexOf(tenant) + 1), tenant, name, value),
        ),
      ]),
      settings: { code_retention_hours: planned.retentionHours },
    };
  }),
  lives: (table, row, world) =>
    isToCome(row.TIME_CREATED, world.hoursAgo(world.number('code_retention_hours', 720))) ||
    (table === codes && isValidAt(world, row, row.TENANT_ID ?? null, world.hoursAgo(0))),
  model: (world) => {
    const cutOff = world.surelyHoursAgo(world.number('code_retention_hours', 720));
    const isOld = ({ TIME_CREATED: created }: Row): boolean => {
      const moment = parseStamp(created);
      return moment !== undefined && moment < cutOff;
    };
    world.remove(codes, (row) =>
      isOld(row) && !mayBeValid(world, row, row.TENANT_ID ?? null) ? 'retention_over' : undefined,
    );
    const held = new Set(world.rows(codes).map((row) => row.RECOVERY_FLOW_ID));
    world.remove(flows, (row) =>
      isOld(row) && !held.has(row.RECOVERY_FLOW_ID) && !mayBeValid(world, row, 'any') ? 'retention_over' : undefined,
    );
  },
};
