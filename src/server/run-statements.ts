import type { CompileError, Connection, Dialect, StoredObject } from '../dialects/dialect.js';
import { PartialError } from '../errors.js';

/** A statement on its way to the server. */
export interface Step {
  /** What it does, for the list of what was applied. */
  readonly title: string;
  readonly sql: string;
  /** Where it stands in a file. */
  readonly file?: string;
  readonly line?: number;
  /** The object that it makes. */
  readonly makes?: StoredObject;
}

export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly title: string;
}

/**
 * Runs the statements in order; all in one transaction where the server can undo what they do.
 *
 * @throws PartialError that says what was applied, and where it failed
 */
export async function runSteps(
  connection: Connection,
  dialect: Dialect,
  steps: readonly Step[],
  onProgress: (progress: Progress) => void = () => {},
  namespace?: string,
): Promise<void> {
  const { transactionalDdl } = dialect.capabilities;
  const applied: string[] = [];
  if (transactionalDdl) await connection.query('BEGIN');
  try {
    for (const step of steps) {
      try {
        await connection.query(step.sql);
      } catch (cause) {
        throw failure(step, cause, applied, dialect);
      }
      const [wrong, ...more] = step.makes
        ? ((await dialect.catalog.compileErrors?.(connection, step.makes, namespace)) ?? [])
        : [];
      if (wrong !== undefined) throw uncompiled(step, [wrong, ...more], applied);
      applied.push(step.title);
      onProgress({ done: applied.length, total: steps.length, title: step.title });
    }
    if (transactionalDdl) {
      await connection.query('COMMIT').catch((cause: unknown) => {
        throw failure({ title: 'commit', sql: 'COMMIT' }, cause, applied, dialect);
      });
    }
  } catch (error) {
    // What has failed is the news, even where the connection is gone and nothing can be rolled back any more.
    if (transactionalDdl) await connection.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

function failure(step: Step, cause: unknown, applied: readonly string[], dialect: Dialect): PartialError {
  const undone = dialect.capabilities.transactionalDdl;
  const reason = cause instanceof Error ? cause.message : String(cause);
  const where =
    step.file === undefined ? step.title : `${step.file}, line ${lineOf(step, cause, dialect)} (${step.title})`;
  const kept = undone ? [] : [...applied];
  const state =
    kept.length === 0 ? 'nothing was changed' : `${kept.length} statements before it were applied and stay in place`;
  return new PartialError(`${where} failed, ${state}: ${reason}`, kept, {
    cause,
    next: 'Remove the cause, then run the same command again: it goes on from what is in place.',
  });
}

/** What the server stored though it cannot run it: every error, at its place in the file. */
function uncompiled(step: Step, errors: readonly CompileError[], applied: readonly string[]): PartialError {
  const { file = step.title, line: first = 1, title } = step;
  const list = errors.map(
    ({ line, column, text }) => `\n- ${file}, line ${first + line - 1}, column ${column}: ${text}`,
  );
  const before = applied.length === 0 ? '' : ` ${applied.length} statements before it were applied and stay in place.`;
  return new PartialError(
    `${title} does not compile, and stays in place until it is recreated.${before}${list.join('')}`,
    [...applied],
    { next: 'Remove the cause, such as a missing grant, then run the same command again.' },
  );
}

/** The line in the file that the server complains of, where it says so. */
function lineOf({ sql, line: first = 1 }: Step, cause: unknown, { explain }: Dialect): number {
  const { line, offset } = explain(cause);
  if (line !== undefined) return first + line - 1;
  return offset === undefined ? first : first + lineFeedsBefore(sql, offset);
}

const lineFeedsBefore = (text: string, offset: number): number => text.slice(0, offset).match(/\n/g)?.length ?? 0;
