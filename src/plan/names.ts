import { createHash } from 'node:crypto';
import type { Dialect } from '../dialects/dialect.js';
import type { Policy } from '../policy/types.js';
import type { ObjectNames } from './types.js';

/** What a user may name differently. */
export interface NameChoices {
  /** Begins the name of every support object. */
  readonly prefix: string;
  /** Names of the policy's own procedures, where an existing job calls an older one. */
  readonly procedure?: string | undefined;
  readonly restore?: string | undefined;
}

/** The name of a policy's procedure. */
export const procedureOf = ({ name }: Policy, { procedure }: Pick<NameChoices, 'procedure'>): string =>
  procedure ?? `cleanup_${name}`;

/** Names of everything that gets installed for a policy. */
export function nameObjects(policy: Policy, dialect: Dialect, choices: NameChoices): ObjectNames {
  const support = (name: string) => supportName(dialect, choices.prefix, name);
  const procedure = procedureOf(policy, choices);
  const restore = choices.restore ?? `restore_${policy.name}`;
  const { keepsRunInRow, hasTableVariables, nameLimit } = dialect.capabilities;
  const beside = (name: string, what: string) => shorten(`${name}_${what}`, nameLimit);
  return {
    setting: support('setting'),
    run: support('run'),
    runStep: support('run_step'),
    runReason: support('run_reason'),
    runError: support('run_error'),
    runRest: support('run_rest'),
    runProof: support('run_proof'),
    lock: support('lock'),
    position: support('position'),
    fact: support('fact'),
    object: support('object'),
    register: support('register'),
    stored: support('stored'),
    signature: support('signature'),
    backlog: support(`backlog_${policy.name}`),
    procedure,
    ...(keepsRunInRow && !hasTableVariables && { dryRun: beside(procedure, 'dry_run') }),
    ...(hasTableVariables && { batch: beside(procedure, 'batch'), restoreBatch: beside(restore, 'batch') }),
    proof: beside(procedure, 'proof'),
    restore,
    schedule: beside(procedure, 'schedule'),
  };
}

/** Stands in the text or the comment of every procedure that deepclean makes: whose it is, told without any register. */
export const markerOf = (names: Pick<ObjectNames, 'run'>): string => `Made by deepclean; its log is ${names.run}.`;

/** The same of the routines that cleanups share. */
export const kitMarkerOf = (names: Pick<ObjectNames, 'run'>): string =>
  `Shared by the cleanups of deepclean; their log is ${names.run}.`;

/** Begin the names of lists, by what they hold: keys of dead rows, what was seen and when, or the keys of one batch. */
export const listWords = { dead: 'dead_', sightings: 'sighting_', batch: 'batch_' } as const;

/** Begin the names of the tables that keep what was deleted; without backups none of these is made. */
export const backupWords = { 'deleted-rows': 'bak_', audit: 'audit_', none: 'bak_' } as const;

/** What began the names of lists in earlier versions; uninstalling finds these too. */
export const formerListWords = ['list_', 'newest_'] as const;

/** A support object's name in the dialect's case, cut to its limit. */
export function supportName(dialect: Dialect, prefix: string, name: string): string {
  const { nameCase, nameLimit } = dialect.capabilities;
  const folded = `${prefix}${name}`;
  return shorten(nameCase === 'upper' ? folded.toUpperCase() : folded.toLowerCase(), nameLimit);
}

/** Cuts a name to the limit; eight digits of its hash keep two long names apart. */
function shorten(name: string, limit: number): string {
  if (name.length <= limit) return name;
  const digits = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.slice(0, limit - 9)}_${name === name.toUpperCase() ? digits.toUpperCase() : digits}`;
}
