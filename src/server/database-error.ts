import { ConnectionError, DeepcleanError, exitCodes } from '../errors.js';

/** The database refused a statement, in its own words. */
export class DatabaseError extends DeepcleanError {
  constructor(message: string, details?: { readonly next?: string; readonly cause?: unknown }) {
    super('database', exitCodes.preflight, message, details);
  }
}

const lost = /^(ECONN\w*|EPIPE|ETIMEDOUT|PROTOCOL_CONNECTION_LOST|57P0[1-3]|NJS-(003|50[01]|510|521))$/;
const lostInWords = /terminated|terminating|connection .*(closed|lost|ended)|closed state|not queryable/i;

/** A driver's error as one of ours: the connection is gone, or the server refused. Ours pass through. */
export function databaseError(error: unknown): DeepcleanError {
  if (error instanceof DeepcleanError) return error;
  const code = textOf(error, 'code');
  const message = textOf(error, 'message') || code || String(error);
  if (lost.test(code) || lostInWords.test(message)) {
    return new ConnectionError(`The connection to the database was lost: ${message}`, {
      cause: error,
      next: 'Check that the server is up, and see `deepclean status` for what was done.',
    });
  }
  const next =
    textOf(error, 'hint') || 'If a privilege is missing, `deepclean install-procs --plan` names all that are needed.';
  return new DatabaseError(`The database says: ${message}${code === '' ? '' : ` (${code})`}`, { cause: error, next });
}

function textOf(error: unknown, name: string): string {
  if (typeof error !== 'object' || error === null || !(name in error)) return '';
  const value: unknown = (error as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : '';
}
