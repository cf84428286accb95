import type { Connection, Dialect, ObjectKind } from '../dialects/dialect.js';
import type { Deliverable } from '../render/deliverable.js';
import { readInstalled } from './installed.js';
import { objectKey } from './object-key.js';
import type { RecordedSignature } from './types.js';

/**
 * `other version`: registered from another statement than the one that is verified; `changed`: not what the server kept
 * when it was registered.
 */
export type VerifiedState = 'ok' | 'missing' | 'changed' | 'other version';

export interface VerifiedObject {
  readonly name: string;
  readonly kind: ObjectKind;
  readonly state: VerifiedState;
  /** Who signed the statement that made it, by the database; absent if nobody did. */
  readonly signatures?: readonly RecordedSignature[];
}

/** Compares what the server holds with the register, and the register with the files. Changes nothing. */
export async function verifyInstall(
  connection: Connection,
  dialect: Dialect,
  deliverables: readonly Deliverable[],
): Promise<readonly VerifiedObject[]> {
  const { registered, signatures, stored, existing } = await readInstalled(connection, dialect, deliverables);
  const made = deliverables.flatMap(({ files }) => files.flatMap(({ objects }) => objects));
  return [...new Map(made.map((object) => [objectKey(object), object])).values()].map((object) => {
    const { name, kind } = object;
    const entry = registered.find((one) => objectKey(one) === objectKey(object));
    const live = stored.get(objectKey(object));
    const exists = existing.some((one) => objectKey(one) === objectKey(object));
    const state: VerifiedState =
      entry === undefined || !exists
        ? 'missing'
        : entry.artifactSha256 !== object.sha256
          ? 'other version'
          : entry.storedSha256 !== live
            ? 'changed'
            : 'ok';
    const signed = signatures.filter(({ artifactSha256 }) => artifactSha256 === entry?.artifactSha256);
    return { name, kind, state, ...(signed.length > 0 && { signatures: signed }) };
  });
}
