import { z } from 'zod';
import { sha256 } from './artifact.js';
import type { Deliverable, DeliveredFile } from './deliverable.js';

/** `manifest.json`: what the generated files are, for an installer that has nothing but them. */

const name = z.string().regex(/^[^\r\n\0]+$/);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
// A file never leads out of its folder.
const file = z.string().regex(/^[A-Za-z0-9_$][A-Za-z0-9_.$-]*$/);

const column = z.strictObject({
  type: name,
  family: z.enum(['text', 'integer', 'timestamp', 'boolean', 'binary', 'other']),
});

const cleanup = z.strictObject({
  policy: name,
  source: name,
  namespace: name.exactOptional(),
  backup: z.enum(['deleted-rows', 'audit', 'none']),
  names: z.strictObject({
    setting: name,
    run: name,
    runStep: name,
    runReason: name,
    runError: name,
    runRest: name,
    runProof: name,
    lock: name,
    position: name,
    fact: name,
    object: name,
    register: name,
    stored: name,
    /** Folders that an older version wrote lack it. */
    signature: name.exactOptional(),
    backlog: name,
    procedure: name,
    dryRun: name.exactOptional(),
    batch: name.exactOptional(),
    restoreBatch: name.exactOptional(),
    proof: name,
    restore: name,
    schedule: name,
  }),
  install: z.array(
    z.strictObject({
      file,
      sha256: hash,
      makes: z.array(
        z.strictObject({
          kind: z.enum(['table', 'view', 'procedure', 'function', 'type', 'package']),
          name,
          sha256: hash,
        }),
      ),
    }),
  ),
  verify: z.strictObject({ file, sha256: hash }),
  verifyShared: z.strictObject({ file, sha256: hash }),
  uninstall: z.strictObject({ file, sha256: hash }),
  uninstallShared: z.strictObject({ file, sha256: hash }).exactOptional(),
  settings: z.array(name),
  requires: z.record(name, z.strictObject({ complete: z.boolean(), columns: z.record(name, column) })),
  backups: z.record(name, name),
  grants: z.array(z.strictObject({ privilege: z.enum(['SELECT', 'INSERT', 'UPDATE', 'DELETE']), on: name })),
  /** What becomes of tables that are not known as the product's. */
  otherTables: z.array(name).exactOptional(),
});

const section = z.strictObject({
  deepclean: name,
  cleanups: z.array(cleanup),
  /** Files that belong here but are not installed with the procedures: schedules. */
  others: z.array(z.strictObject({ file, sha256: hash })),
});

export const manifestSchema = z.strictObject({
  formatVersion: z.literal(1),
  dialects: z.record(z.string().regex(/^[a-z][a-z0-9]*$/), section),
});

export type Manifest = z.output<typeof manifestSchema>;
export type Section = z.output<typeof section>;
type Cleanup = z.output<typeof cleanup>;

/** What the manifest says of a cleanup. */
export function toCleanup(one: Deliverable): Cleanup {
  return {
    policy: one.policy,
    source: one.source,
    ...(one.namespace !== undefined && { namespace: one.namespace }),
    backup: one.backup,
    names: one.names,
    install: one.files.map(({ file: path, text, objects }) => ({
      file: path,
      sha256: sha256(text),
      makes: objects.map(({ kind, name: object, sha256: checksum }) => ({ kind, name: object, sha256: checksum })),
    })),
    verify: { file: one.verify.file, sha256: sha256(one.verify.text) },
    verifyShared: { file: one.verifyShared.file, sha256: sha256(one.verifyShared.text) },
    uninstall: { file: one.uninstall.file, sha256: sha256(one.uninstall.text) },
    ...(one.uninstallShared && {
      uninstallShared: { file: one.uninstallShared.file, sha256: sha256(one.uninstallShared.text) },
    }),
    settings: [...one.settings],
    requires: Object.fromEntries(
      one.requires.map(({ table, complete, columns }) => [
        table,
        {
          complete,
          columns: Object.fromEntries(columns.map(({ name: own, type, family }) => [own, { type, family }])),
        },
      ]),
    ),
    backups: Object.fromEntries(one.backups.map((backup) => [backup.name, backup.source])),
    grants: one.grants.map(({ privilege, on }) => ({ privilege, on })),
    ...(one.otherTables.length > 0 && { otherTables: [...one.otherTables] }),
  };
}

/** The cleanup that the manifest describes; `read` gives a file's text. */
export function toDeliverable(one: Cleanup, dialect: string, read: (file: string) => string): Deliverable {
  const artifact = (path: string) => ({ file: path, text: read(path) });
  return {
    policy: one.policy,
    dialect,
    source: one.source,
    ...(one.namespace !== undefined && { namespace: one.namespace }),
    backup: one.backup,
    names: { ...one.names, signature: one.names.signature ?? one.names.setting.replace(/setting$/i, inCaseOf) },
    settings: one.settings,
    files: one.install.map((entry): DeliveredFile => ({ ...artifact(entry.file), objects: entry.makes })),
    verify: artifact(one.verify.file),
    verifyShared: artifact(one.verifyShared.file),
    uninstall: artifact(one.uninstall.file),
    ...(one.uninstallShared && { uninstallShared: artifact(one.uninstallShared.file) }),
    requires: Object.entries(one.requires).map(([table, { complete, columns }]) => ({
      table,
      complete,
      columns: Object.entries(columns).map(([own, facts]) => ({ name: own, ...facts })),
    })),
    backups: Object.entries(one.backups).map(([backup, source]) => ({ name: backup, source })),
    grants: one.grants,
    otherTables: one.otherTables ?? [],
  };
}

const inCaseOf = (setting: string): string => (setting === 'SETTING' ? 'SIGNATURE' : 'signature');

/** Every file of a dialect, with its checksum, each once. */
export function filesOf({ cleanups, others }: Section): ReadonlyMap<string, string> {
  const all = [
    ...cleanups.flatMap(({ install, verify, verifyShared, uninstall, uninstallShared }) => [
      ...install,
      verify,
      verifyShared,
      uninstall,
      ...(uninstallShared ? [uninstallShared] : []),
    ]),
    ...others,
  ];
  return new Map(all.map((entry) => [entry.file, entry.sha256]));
}
