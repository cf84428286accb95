import {
  all,
  any,
  atMost,
  epochBefore,
  ifColumn,
  isNull,
  moreThan,
  noRow,
  noRowIfThere,
  on,
  oneOf,
  sighted,
} from '../policy/build.js';
import type { Follower, Policy, Predicate, Reason, Step } from '../policy/types.js';

const store = 'IDN_AUTH_SESSION_STORE';
const temporaryStore = 'IDN_AUTH_TEMP_SESSION_STORE';

const createdBefore = (cutOff: string): Predicate => epochBefore('TIME_CREATED', 'nanoseconds', cutOff);

/** Why a row ends its session. The product writes these times as nanoseconds since 1970, so no zone is in play. */
const ends: readonly Reason[] = [
  {
    name: 'expired',
    meaning: 'its EXPIRY_TIME passed before the expiry cut-off; if it has none, it is older than the age cut-off',
    when: ifColumn(
      'EXPIRY_TIME',
      any(
        all(moreThan('EXPIRY_TIME', 0), epochBefore('EXPIRY_TIME', 'nanoseconds', 'expiry_cut_off')),
        all(any(isNull('EXPIRY_TIME'), atMost('EXPIRY_TIME', 0)), createdBefore('age_cut_off')),
      ),
      createdBefore('age_cut_off'),
    ),
  },
  {
    name: 'deleted',
    meaning: 'it is a DELETE row from before the delete cut-off',
    when: all(oneOf('OPERATION', 'DELETE'), createdBefore('delete_cut_off')),
  },
];

const storeOf = (table: string): Step => ({
  table,
  stamp: { column: 'TIME_CREATED', unit: 'nanoseconds' },
  history: { of: ['SESSION_ID', 'SESSION_TYPE'], order: 'TIME_CREATED' },
  reasons: ends,
});

/** In neither store: the same id can stand in both. */
const isGone = all(
  noRow(store, { SESSION_ID: 'SESSION_ID' }),
  noRowIfThere(temporaryStore, { SESSION_ID: 'SESSION_ID' }),
);

/** What the product keeps beside a session, by its id and without a foreign key. */
const mappings = [
  'IDN_AUTH_USER_SESSION_MAPPING',
  'IDN_AUTH_SESSION_APP_INFO',
  'IDN_AUTH_SESSION_META_DATA',
  'IDN_FED_AUTH_SESSION_MAPPING',
];

const followers = mappings.map(
  (table): Follower => ({
    table,
    on: on({ SESSION_ID: 'SESSION_ID' }),
    guard: isGone,
    name: 'session_gone',
    meaning: 'this run removed the last row of its session, and none is in either store',
  }),
);

/** Left by crashes and by other scripts; a session that is being saved looks the same for a moment, so it takes two looks. */
const orphans = mappings.map(
  (table): Step => ({
    table,
    enabledBy: 'orphan_sweep',
    guard: isGone,
    reasons: [
      {
        name: 'orphaned',
        meaning: 'a run over 24 h ago found it without a session, and so does this one',
        when: sighted(['SESSION_ID'], 'sighting_cut_off'),
      },
    ],
  }),
);

/** Ended sessions of both stores, and what refers to them. The session store comes last, so that neither holds a mapping. */
export const sessions: Policy = {
  name: 'sessions',
  title: 'sessions that ended, and what refers to them',
  parameters: [
    {
      kind: 'number',
      name: 'expiry_grace_minutes',
      unit: 'minutes',
      default: 120,
      minimum: 1,
      maximum: 525_600,
      description: 'How long after its EXPIRY_TIME a session is kept',
    },
    {
      kind: 'number',
      name: 'session_age_days',
      unit: 'days',
      default: 14,
      minimum: 1,
      maximum: 3650,
      description: 'How long a session without an EXPIRY_TIME is kept after it was last stored',
    },
    {
      kind: 'number',
      name: 'deleted_after_hours',
      unit: 'hours',
      default: 12,
      minimum: 1,
      maximum: 8760,
      description: 'How long a DELETE row is kept, and with it the rows of the session that it ended',
    },
    {
      kind: 'word',
      name: 'orphan_sweep',
      default: 'no',
      allowed: ['yes', 'no'],
      description: 'yes: mappings whose session is gone are deleted when two runs at least 24 h apart found them so',
    },
  ],
  cutOffs: [
    {
      name: 'expiry_cut_off',
      clock: 'utc',
      less: { parameter: 'expiry_grace_minutes' },
      meaning: 'UTC now, less the grace after an EXPIRY_TIME',
    },
    {
      name: 'age_cut_off',
      clock: 'utc',
      less: { parameter: 'session_age_days' },
      meaning: 'UTC now, less the age of a session without an EXPIRY_TIME',
    },
    {
      name: 'delete_cut_off',
      clock: 'utc',
      less: { parameter: 'deleted_after_hours' },
      meaning: 'UTC now, less the time that a DELETE row is kept',
    },
    {
      name: 'sighting_cut_off',
      clock: 'utc',
      less: { hours: 24 },
      meaning: 'UTC now, less 24 h: an earlier sighting counts',
    },
  ],
  steps: [storeOf(temporaryStore), { ...storeOf(store), followers }, ...orphans],
};
