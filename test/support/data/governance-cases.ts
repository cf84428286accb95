import type { ScenarioCase } from '../scenario/scenario.js';
import type { Needs } from './case-types.js';
import { askPassword, properties, property, provider, providers, recovery, smsOtp } from './governance.js';
import type { PlacedRow } from './row-factories.js';
import { before, type Span } from './span.js';

const codes = 'IDN_RECOVERY_DATA';
const flows = 'IDN_RECOVERY_FLOW_DATA';
const root = -1234n;
const other = 7n;

/** An invitation of a tenant, so old. */
type Code = (id: string, tenant: bigint, age: Span) => readonly [id: string, tenant: bigint, age: Span];
const code: Code = (id, tenant, age) => [id, tenant, age];

const rowOf = (utcNow: bigint, [id, tenant, age]: ReturnType<Code>): PlacedRow => [
  codes,
  {
    USER_NAME: `user-${id}`,
    USER_DOMAIN: 'PRIMARY',
    TENANT_ID: tenant,
    CODE: id,
    SCENARIO: 'ASK_PASSWORD',
    STEP: 'UPDATE_PASSWORD',
    TIME_CREATED: before(utcNow, age),
    RECOVERY_FLOW_ID: null,
  },
];

const governed = (
  name: string,
  settings: readonly PlacedRow[],
  given: readonly ReturnType<Code>[],
  left: readonly string[],
  needs: Needs = {},
): ScenarioCase => ({
  name,
  needs,
  rows: ({ utcNow }) => [
    ...[provider(1n, root), provider(2n, other), provider(3n, root, 'google')],
    ...settings,
    ...given.map((one) => rowOf(utcNow, one)),
  ],
  survivors: { [codes]: left, [providers]: ['1', '2', '3'], [properties]: settings.map(([, row]) => String(row.ID)) },
});

const set = (value: string, name = askPassword, tenant = root, id = 1n): PlacedRow =>
  property(id, tenant === root ? 1n : 2n, tenant, name, value);
const otherSets = set('1440', askPassword, other, 9n);

/** Thirty days old and more; sixty days are far past 43200 minutes and a day. */
const atThirty: Span = { hours: 744, minutes: -15 };
const pastThirty: Span = { hours: 744, minutes: 15 };
const old: Span = { days: 60 };

const values: readonly (readonly [value: string, words: string, stays: boolean])[] = [
  ['43200', 'of 30 days', false],
  ['100000', 'of over 69 days', true],
  ['-1', 'that is negative: for ever', true],
  ['-43200', 'that is very negative: for ever', true],
  ['abc', 'that nobody can read', true],
  ['43200 ', 'with a trailing blank, which nobody can read', true],
  ['+60', 'with a sign', true],
  ['1e3', 'with an exponent', true],
  ['60.5', 'with a fraction', true],
  ['0x10', 'in hexadecimal digits', true],
  ['99999999999999999999', 'of more digits than any number has', true],
  ['999999999999999999', 'of eighteen nines', true],
  ['9223372036854775807', 'of the largest number', true],
  ['2147483647', 'of the largest number that the product reads', true],
  ['5256000000', 'of ten thousand years', true],
  ['0', 'of no minute', false],
  ['000060', 'with zeros in front', false],
];

const oneTenant = values.flatMap(([value, words, stays]): readonly ScenarioCase[] => [
  governed(
    `${stays ? 'keeps' : 'deletes'} an invitation of two months under a validity ${words}, and not that of a tenant with its own`,
    [set(value), otherSets],
    [code('mine', root, old), code('theirs', other, old)],
    stays ? ['mine'] : [],
  ),
]);

const names = [
  recovery,
  smsOtp,
  'SelfRegistration.VerificationCode.SMSOTP.ExpiryTime',
  'Some.Later.ExpiryTime.ofTheirs',
];

/** The invitation of a governance that is longer than the retention, or for ever. */
export const governanceCases: readonly ScenarioCase[] = [
  ...oneTenant,
  governed(
    'keeps an invitation until a day after 43200 minutes, and deletes one that is older',
    [set('43200'), otherSets],
    [code('young', root, atThirty), code('old', root, pastThirty), code('theirs', other, { hours: 720, minutes: 15 })],
    ['young'],
  ),
  governed('keeps an invitation under an empty validity', [set(''), otherSets], [code('c', root, old)], ['c'], {
    emptyText: true,
  }),
  ...names.map((name) => governed(`counts the validity ${name}`, [set('-1', name)], [code('c', root, old)], ['c'])),
  governed(
    'goes by the longest of several validities',
    [set('60'), set('100000', recovery, root, 2n), set('1440', smsOtp, root, 3n)],
    [code('c', root, old), code('d', root, { days: 75 })],
    ['c'],
  ),
  governed(
    'overlooks properties that are no validity, and those of other providers',
    [
      set('-1', 'Recovery.CallbackRegex'),
      set('-1', 'recovery.expirytime', root, 2n),
      property(3n, 3n, root, recovery, '-1'),
      property(4n, 3n, root, askPassword, 'abc'),
    ],
    [code('c', root, old)],
    [],
  ),
  // Organizations are tenants of their own, and inherit what they do not set.
  governed(
    'keeps an invitation of a tenant that may inherit a validity for ever, as it sets none of that name',
    [set('-1'), set('1440', recovery, other, 9n)],
    [code('mine', root, old), code('theirs', other, old)],
    ['mine', 'theirs'],
  ),
  governed(
    'keeps an invitation of a tenant of which nothing is set, while another has a longer validity',
    [set('100000')],
    [code('theirs', 12n, old), code('older', 12n, { days: 75 })],
    ['theirs'],
  ),
  governed(
    'deletes by the retention alone where nothing is set',
    [],
    [code('c', root, { hours: 720, minutes: 15 })],
    [],
  ),
  {
    name: 'keeps a flow without codes while any tenant has a longer validity, since it does not say of which it is',
    rows: ({ utcNow }) => [
      provider(1n, root),
      provider(2n, other),
      set('1440'),
      set('100000', askPassword, other, 9n),
      ...(['old', 'older'] as const).map(
        (id): PlacedRow => [
          flows,
          {
            RECOVERY_FLOW_ID: id,
            CODE: id,
            FAILED_ATTEMPTS: 0n,
            RESEND_COUNT: 0n,
            TIME_CREATED: before(utcNow, id === 'old' ? old : { days: 75 }),
          },
        ],
      ),
    ],
    survivors: { [flows]: ['old'] },
  },
];
