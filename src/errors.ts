/**
 * Every failure a user can meet. Each carries a stable `code`, the process exit code, and says what to do next.
 * Anything else that is thrown is a defect of deepclean itself and exits with 70.
 */

/** Exit codes of the command line, as documented in the README. */
export const exitCodes = {
  ok: 0,
  /** A check answered "no": files differ, settings clash, verification failed, a run stopped early, a restore left rows alone, no such row. */
  different: 1,
  /** The command line or the configuration is wrong. */
  usage: 2,
  /** The database cannot be reached or refuses the login. */
  connection: 3,
  /** Something is missing or in the way in the database; nothing was changed. */
  preflight: 4,
  /** An artifact was edited after it was generated, or is not what was signed; nothing was changed. */
  checksum: 5,
  /** It failed half-way; the message lists what was applied. */
  partial: 6,
  /** Interrupted by the user. */
  interrupted: 130,
  /** A defect of deepclean. */
  defect: 70,
} as const;

export interface ErrorDetails {
  /** What the user should do next, as one sentence. */
  readonly next?: string;
  readonly cause?: unknown;
}

/** Base of all errors that deepclean raises on purpose. */
export class DeepcleanError extends Error {
  readonly next: string | undefined;

  constructor(
    readonly code: string,
    readonly exitCode: number,
    message: string,
    details: ErrorDetails = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.next = details.next;
  }
}

/** The command line or the configuration is wrong. */
export class UsageError extends DeepcleanError {
  constructor(message: string, details?: ErrorDetails) {
    super('usage', exitCodes.usage, message, details);
  }
}

/** The database cannot be reached, or refuses the login. */
export class ConnectionError extends DeepcleanError {
  constructor(message: string, details?: ErrorDetails) {
    super('connection', exitCodes.connection, message, details);
  }
}

/** A reviewed file is not what was generated. */
export class ChecksumError extends DeepcleanError {
  constructor(message: string, details?: ErrorDetails) {
    super('checksum', exitCodes.checksum, message, details);
  }
}

/** What would be installed is not what somebody signed who may. */
export class SignatureError extends DeepcleanError {
  constructor(message: string, details?: ErrorDetails) {
    super('signature', exitCodes.checksum, message, details);
  }
}

/** One thing that stands in the way, and what to do about it. */
export interface Problem {
  readonly what: string;
  readonly next: string;
}

/** Everything that stands in the way, found before anything was changed. */
export class PreflightError extends DeepcleanError {
  constructor(
    message: string,
    readonly problems: readonly Problem[],
    details?: ErrorDetails,
  ) {
    super('preflight', exitCodes.preflight, message, details);
  }
}

/** A policy from which no correct SQL could be made. */
export class PolicyError extends DeepcleanError {
  constructor(
    message: string,
    readonly problems: readonly Problem[],
    details?: ErrorDetails,
  ) {
    super('policy', exitCodes.usage, message, details);
  }
}

/** Some statements were applied before one failed. */
export class PartialError extends DeepcleanError {
  constructor(
    message: string,
    readonly applied: readonly string[],
    details?: ErrorDetails,
  ) {
    super('partial', exitCodes.partial, message, details);
  }
}
