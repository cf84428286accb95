import { dialects } from '../dialects/registry.js';
import { DeepcleanError, exitCodes, UsageError } from '../errors.js';
import { databaseError } from '../server/database-error.js';

/** Whatever was thrown, as an error that says what to do next. */
export function toDeepcleanError(error: unknown): DeepcleanError {
  if (error instanceof DeepcleanError) return error;
  if (isFileError(error)) {
    return new UsageError(`The file ${error.path} cannot be used: ${error.code}.`, {
      cause: error,
      next: 'Check the path and its permissions.',
    });
  }
  if (isDriverError(error)) return databaseError(error, { explain: byAnyDialect });
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new DeepcleanError('defect', exitCodes.defect, `This is a defect of deepclean: ${what}`, {
    cause: error,
    next: 'Run the command again with DEEPCLEAN_DEBUG=1, and report what it prints.',
  });
}

interface FileError extends Error {
  readonly path: string;
  readonly code: string;
}

const isFileError = (error: unknown): error is FileError =>
  error instanceof Error && 'path' in error && 'syscall' in error && typeof error.path === 'string' && 'code' in error;

/** Drivers number their errors; what Node numbers so begins with ERR_ and is a mistake of ours. */
const isDriverError = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && !error.code.startsWith('ERR_');

/** Which driver it was is not known here. */
const byAnyDialect = (error: unknown) => ({
  isLost: dialects.some(({ explain }) => explain(error).isLost),
  isDenied: dialects.some(({ explain }) => explain(error).isDenied),
});
