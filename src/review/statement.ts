import { z } from 'zod';
import type { Dialect } from '../dialects/dialect.js';
import { ChecksumError } from '../errors.js';
import type { Plan } from '../plan/types.js';
import type { Policy } from '../policy/types.js';
import { sha256 } from '../render/artifact.js';
import { type Deliverable, deliver } from '../render/deliverable.js';
import { toCleanup } from '../render/manifest.js';
import { type SettingValues, seedSettings } from '../render/settings.js';
import { canonicalJson } from './canonical.js';

/**
 * What a review is about, as data: the checksum of every file that gets installed, and beside it the rules themselves, so
 * that a later review can say what has changed in meaning. Its text is what gets signed.
 */
export interface Statement {
  readonly formatVersion: 1;
  /** Version of deepclean. */
  readonly deepclean: string;
  readonly dialect: string;
  /** What the files were made for, as their headers name it. */
  readonly source: string;
  readonly namespace?: string;
  /** SHA-256 of every file that gets installed. */
  readonly files: Readonly<Record<string, string>>;
  readonly cleanups: readonly SignedCleanup[];
}

export interface SignedCleanup {
  readonly procedure: string;
  readonly backup: string;
  readonly files: readonly string[];
  /** SHA-256 of all else that an installer goes by: what `manifest.json` says of the cleanup. */
  readonly manifest: string;
  /** First values of the settings, as the files have them. */
  readonly settings: Readonly<Record<string, string>>;
  /** Every table that may lose rows, by the name that it has. */
  readonly losesRows: readonly string[];
  /** The rules as they stand for the schema. */
  readonly rules: Policy;
}

/** A cleanup as it would be installed now. */
export interface Prepared {
  readonly plan: Plan;
  readonly deliverable: Deliverable;
  readonly settings: SettingValues;
}

/** A plan, with its files. */
export const prepared = (plan: Plan, dialect: Dialect, settings: SettingValues): Prepared => ({
  plan,
  settings,
  deliverable: deliver(plan, dialect, settings),
});

/** What would be signed for some cleanups of one schema. */
export function statementOf(all: readonly Prepared[], dialect: Dialect, version: string): Statement {
  const [first] = all;
  if (first === undefined) throw new Error('a review of nothing');
  const { namespace, source } = first.deliverable;
  return {
    formatVersion: 1,
    deepclean: version,
    dialect: dialect.name,
    source,
    ...(namespace !== undefined && { namespace }),
    files: checksumsOf(all.map(({ deliverable }) => deliverable)),
    cleanups: all.map(({ plan, deliverable, settings }) => ({
      procedure: plan.names.procedure,
      backup: plan.backup,
      files: deliverable.files.map(({ file }) => file),
      manifest: manifestSum(deliverable),
      settings: Object.fromEntries(seedSettings(plan, dialect, settings).map(({ name, value }) => [name, value])),
      losesRows: plan.backups.map(({ source: table }) => table.name),
      rules: {
        name: plan.policy.name,
        title: plan.policy.title,
        parameters: plan.parameters,
        cutOffs: plan.cutOffs,
        steps: plan.steps.map(({ rule }) => rule),
      },
    })),
  };
}

/** SHA-256 of each file that gets installed, each once. */
export const checksumsOf = (deliverables: readonly Deliverable[]): Readonly<Record<string, string>> =>
  Object.fromEntries(deliverables.flatMap(({ files }) => files.map(({ file, text }) => [file, sha256(text)])));

/** The same from rendered files and from those of a folder. */
export const manifestSum = (deliverable: Deliverable): string => sha256(canonicalJson(toCleanup(deliverable)));

export const statementText = (statement: Statement): string => canonicalJson(statement);

const text = z.string();
const checksum = text.regex(/^[0-9a-f]{64}$/);
const parts = z.array(z.looseObject({}));
// The language of rules may grow: whoever puts a rule of another version into words copes with what it does not know.
const rules = z.looseObject({
  name: text,
  title: text,
  parameters: parts,
  cutOffs: parts,
  steps: z.array(z.looseObject({ table: text, reasons: z.array(z.looseObject({ name: text, meaning: text })) })),
});
const schema = z.strictObject({
  formatVersion: z.literal(1),
  deepclean: text,
  dialect: text,
  source: text,
  namespace: text.exactOptional(),
  files: z.record(text, checksum),
  cleanups: z.array(
    z.strictObject({
      procedure: text,
      backup: text,
      files: z.array(text),
      manifest: checksum,
      settings: z.record(text, text),
      losesRows: z.array(text),
      rules,
    }),
  ),
});

/** @throws ChecksumError for a text that is no statement */
export function parseStatement(content: string, path: string): Statement {
  try {
    return schema.parse(JSON.parse(content)) as unknown as Statement;
  } catch (cause) {
    throw new ChecksumError(`${path} is not a review that this version of deepclean understands.`, {
      cause,
      next: 'Make it again with `deepclean review`, and have it signed.',
    });
  }
}
