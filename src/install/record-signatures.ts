import type { Dialect } from '../dialects/dialect.js';
import { sqlName } from '../dialects/sql-name.js';
import { supportColumn } from '../dialects/support-column.js';
import type { Signature } from '../review/folder.js';
import type { ExtraStatement, Found, RecordedSignature } from './types.js';

/** Statements that enter who signed what is being installed, as far as the database does not know it yet. */
export function recordSignatures(
  { deliverables, installed, review }: Pick<Found, 'deliverables' | 'installed' | 'review'>,
  dialect: Dialect,
): readonly ExtraStatement[] {
  const [first] = deliverables;
  if (review === undefined || first === undefined) return [];
  const table = sqlName(dialect, first.names.signature, first.namespace);
  const made = deliverables.flatMap(({ files }) => files.flatMap(({ objects }) => objects.map(({ sha256 }) => sha256)));
  return review.signatures.flatMap((signature) => {
    const rows = [...new Set(made)].map((sha256) => recordOf(signature, sha256, review.sha256));
    const missing = rows.filter((row) => !installed.signatures.some((known) => isEqual(known, row)));
    return missing.flatMap((row) => enter(row, table, dialect, installed.signatures));
  });
}

const recordOf = (
  { name, principal, fingerprint, at }: Signature,
  artifactSha256: string,
  reviewSha256: string,
): RecordedSignature => ({ artifactSha256, reviewSha256, name, principal: principal.slice(0, 255), fingerprint, at });

const keys: readonly (keyof RecordedSignature)[] = ['artifactSha256', 'reviewSha256', 'principal', 'fingerprint', 'at'];

const isEqual = (one: RecordedSignature, other: RecordedSignature): boolean =>
  keys.every((key) => one[key] === other[key]);

function enter(
  row: RecordedSignature,
  table: string,
  dialect: Dialect,
  known: readonly RecordedSignature[],
): readonly ExtraStatement[] {
  const { literal, utcNow } = dialect.expressions;
  const column = (name: string): string => supportColumn(dialect, name);
  const values = {
    artifact_sha256: literal(row.artifactSha256),
    signer_key: literal(row.fingerprint),
    signer: literal(row.principal),
    signed_by: literal(row.name),
    signed_at: literal(row.at),
    review_sha256: literal(row.reviewSha256),
    recorded_at: utcNow,
  };
  const title = `enter the signature of ${row.name}`;
  const isKnown = known.some((one) => one.artifactSha256 === row.artifactSha256 && one.fingerprint === row.fingerprint);
  const key = `${column('artifact_sha256')} = ${values.artifact_sha256} AND ${column('signer_key')} = ${values.signer_key}`;
  return [
    ...(isKnown ? [{ title, sql: `DELETE FROM ${table} WHERE ${key}` }] : []),
    {
      title,
      sql: `INSERT INTO ${table} (${Object.keys(values).map(column).join(', ')}) VALUES (${Object.values(values).join(', ')})`,
    },
  ];
}
