import type { Parameter } from './types.js';

/**
 * What can be tuned while a cleanup runs. Declared once: the configuration is checked against this list, and the
 * settings table in the database is seeded from it. `HH:MM` in an allowed word stands for any time of day.
 */
const declared = [
  {
    kind: 'number',
    name: 'batch_target_ms',
    unit: 'milliseconds',
    default: 50,
    minimum: 10,
    maximum: 900,
    description: 'How long one transaction should take; the batch size adapts itself to it',
  },
  {
    kind: 'number',
    name: 'duty_percent',
    unit: 'percent',
    default: 25,
    minimum: 1,
    maximum: 100,
    description: 'Share of the time in which a run works: it rests in proportion, a minute at most; 100: never',
  },
  {
    kind: 'number',
    name: 'pause_ms',
    unit: 'milliseconds',
    default: 0,
    minimum: 0,
    maximum: 60_000,
    description: 'Shortest rest between two batches, to spare a busy server or a lagging replica',
  },
  {
    kind: 'number',
    name: 'quiet_requests_per_second',
    unit: 'requests',
    default: 10,
    minimum: 0,
    maximum: 1_000_000,
    description:
      'While all others on the server send fewer requests a second than this, a run does not rest for its duty; 0: it always does',
  },
  {
    kind: 'number',
    name: 'running_sessions_maximum',
    unit: 'sessions',
    default: 0,
    minimum: 0,
    maximum: 1_000_000,
    description: 'A run rests while more other sessions than this are at work; 0: however many',
  },
  {
    kind: 'number',
    name: 'replica_lag_maximum_seconds',
    unit: 'seconds',
    default: 10,
    minimum: 0,
    maximum: 604_800,
    description: 'A run rests while a replica is further behind than this, if the server can see it; 0: however far',
  },
  {
    kind: 'number',
    name: 'purge_backlog_maximum',
    unit: 'transactions',
    default: 1_000_000,
    minimum: 0,
    maximum: 1_000_000_000,
    description: 'A run rests while more transactions than this wait to be purged; 0: however many',
  },
  {
    kind: 'word',
    name: 'rests_during_flow_control',
    default: 'yes',
    allowed: ['yes', 'no'],
    description: 'yes: a run rests while a node of its Galera cluster holds up the others, since it cannot keep up',
  },
  {
    kind: 'number',
    name: 'wal_maximum_mb_per_second',
    unit: 'megabytes',
    default: 0,
    minimum: 0,
    maximum: 1_000_000,
    description: 'A run rests after a second in which the server wrote more WAL than this; 0: however much',
  },
  {
    kind: 'word',
    name: 'rests_during_vacuum',
    default: 'no',
    allowed: ['yes', 'no'],
    description: 'yes: a run rests while the table that it cleans is being vacuumed',
  },
  {
    kind: 'number',
    name: 'batch_rows_minimum',
    unit: 'rows',
    default: 50,
    minimum: 1,
    maximum: 1_000_000,
    description: 'A batch never adapts to fewer rows than this',
  },
  {
    kind: 'number',
    name: 'batch_rows_maximum',
    unit: 'rows',
    default: 200_000,
    minimum: 1,
    maximum: 1_000_000,
    description: 'A batch never adapts to more rows than this',
  },
  {
    kind: 'number',
    name: 'time_budget_seconds',
    unit: 'seconds',
    default: 3600,
    minimum: 1,
    maximum: 604_800,
    description: 'A run stops after the batch in which this much time has passed, rests included; the next run goes on',
  },
  {
    kind: 'word',
    name: 'window',
    default: 'always',
    allowed: ['always', 'HH:MM-HH:MM'],
    description: 'Time of day in UTC in which runs may work, such as 22:00-04:00; always: at any time',
  },
  {
    kind: 'word',
    name: 'enabled',
    default: 'yes',
    allowed: ['yes', 'no'],
    description: 'no: a run ends at once without touching a row',
  },
  {
    kind: 'word',
    name: 'allow_read_only',
    default: 'no',
    allowed: ['yes', 'no'],
    description: 'yes: also clean a server whose read_only is on; what goes on a replica breaks its replication',
  },
  {
    kind: 'number',
    name: 'backup_retention_days',
    unit: 'days',
    default: 30,
    minimum: 1,
    maximum: 3650,
    description: 'How long deleted rows are kept in the backup tables, and so how long a run can be restored',
  },
  {
    kind: 'word',
    name: 'prove_after',
    default: 'no',
    allowed: ['yes', 'no'],
    description:
      'yes: a run judges all that it deleted once more before it ends, and switches the cleanup off if a row was not dead',
  },
] as const satisfies readonly Parameter[];

type Declared = (typeof declared)[number];
type TimedWord<Word> = Word extends 'HH:MM-HH:MM' ? string : Word;
type ValueOf<P extends Declared> = P extends { kind: 'word' } ? TimedWord<P['allowed'][number]> : number;

/** Tunables that not every dialect has: see its capabilities. */
export const particularTunables = [
  'allow_read_only',
  'purge_backlog_maximum',
  'replica_lag_maximum_seconds',
  'rests_during_flow_control',
  'rests_during_vacuum',
  'wal_maximum_mb_per_second',
] as const;
export type ParticularTunable = (typeof particularTunables)[number];

/** Every tunable, in the order in which the settings table lists them. */
export const tunables: readonly Parameter[] = declared;

/** A value for each tunable. */
export type Settings = { readonly [P in Declared as P['name']]: ValueOf<P> };
