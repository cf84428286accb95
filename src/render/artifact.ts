import { createHash } from 'node:crypto';
import type { Script } from '../dialects/dialect.js';
import { ChecksumError } from '../errors.js';

/** A file of SQL that the vendor's own client runs unchanged, and that falls into statements without parsing SQL. */
export interface Artifact {
  readonly file: string;
  readonly text: string;
}

/** One statement of an artifact, between `-- @statement <kind> <name>` and `-- @end`. */
export interface Statement {
  readonly kind: string;
  readonly name: string;
  /** What the vendor's client sends to the server. */
  readonly sql: string;
  /** Line of the file where it begins, from 1. */
  readonly line: number;
}

const beginning = /^-- @statement (\S+)(?: (.+))?$/;
const end = '-- @end';

/** The statements of an artifact, in order. @throws ChecksumError where the markers do not match. */
export function statementsOf(artifact: Artifact, script: Script): readonly Statement[] {
  const statements: Statement[] = [];
  let open: { kind: string; name: string; line: number; text: string[] } | undefined;
  artifact.text.split('\n').forEach((line, at) => {
    const begins = beginning.exec(line);
    if ((begins !== null && open !== undefined) || (line === end && open === undefined)) {
      throw new ChecksumError(`${artifact.file}, line ${at + 1}: a statement marker is out of place`);
    }
    if (begins !== null) open = { kind: begins[1] ?? '', name: begins[2] ?? '', line: at + 2, text: [] };
    else if (line === end && open !== undefined) {
      const { text, ...statement } = open;
      statements.push({ ...statement, sql: script.unwrap(text.join('\n')) });
      open = undefined;
    } else open?.text.push(line);
  });
  if (open !== undefined) throw new ChecksumError(`${artifact.file}: the last statement has no end`);
  return statements;
}

/** SHA-256 in hexadecimal. */
export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
