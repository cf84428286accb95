import type { Dialect } from '../dialects/dialect.js';
import { textIn } from '../dialects/explain.js';
import { ConnectionError, DeepcleanError, exitCodes } from '../errors.js';

/** The database refused a statement, in its own words. */
export class DatabaseError extends DeepcleanError {
  constructor(message: string, details?: { readonly next?: string; readonly cause?: unknown }) {
    super('database', exitCodes.preflight, message, details);
  }
}

/** A driver's error as one of ours: the connection is gone, or the server refused. Ours pass through. */
export function databaseError(error: unknown, { explain }: Pick<Dialect, 'explain'>): DeepcleanError {
  if (error instanceof DeepcleanError) return error;
  const code = textIn(error, 'code');
  const message = textIn(error, 'message') || code || String(error);
  if (explain(error).isLost) {
    return new ConnectionError(`The connection to the database was lost: ${message}`, {
      cause: error,
      next: 'Check that the server is up, and see `deepclean status` for what was done.',
    });
  }
  const next =
    textIn(error, 'hint') || 'If a privilege is missing, `deepclean install-procs --plan` names all that are needed.';
  return new DatabaseError(`The database says: ${message}${code === '' ? '' : ` (${code})`}`, { cause: error, next });
}
