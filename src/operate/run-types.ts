/** What the run log says; all times are UTC. */

export type RunStatus = 'running' | 'ended' | 'stopped' | 'failed' | 'skipped' | 'crashed';

export interface Run {
  readonly runId: number;
  readonly procedure: string;
  readonly startedBy: string;
  readonly startedAt: string;
  readonly endedAt?: string;
  /** The first cut-off that its rules compared with. */
  readonly cutOff?: string;
  readonly dryRun: boolean;
  /** One of RunStatus, as the log has it. */
  readonly status: string;
  readonly whyStopped?: string;
  /** Restores that put rows of it back, of the run itself or of a part of it. */
  readonly restoredBy?: readonly RestoreMark[];
}

/** A restore that came to its end. */
export interface RestoreMark {
  readonly runId: number;
  /** All that the run, or what is left of it, keeps; otherwise a part of it, or all but rows that were left alone. */
  readonly whole: boolean;
  readonly restored: number;
}

/** What a run did to one table. */
export interface RunStep {
  readonly table: string;
  readonly seen: number;
  readonly deleted: number;
  readonly restored: number;
  readonly batches: number;
  readonly retries: number;
  readonly longestBatchMs: number;
  /** Deleted rows by the reason why they were dead. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** What a run waited for, beside the rests that its duty asks for. */
export interface RunRest {
  /** A short name: replica lag, running sessions, hold … */
  readonly cause: string;
  /** In words, as it was last. */
  readonly detail: string;
  readonly restMs: number;
}

/** What a run found of its copies of a table when it judged them once more. All is well if copies = logged and wrong = 0. */
export interface RunProof {
  readonly table: string;
  /** Rows that the log says were deleted. */
  readonly logged: number;
  /** Rows that were kept of them. */
  readonly copies: number;
  /** Those of them that cannot have been dead. */
  readonly wrong: number;
}

export interface RunWithSteps extends Run {
  readonly steps: readonly RunStep[];
  /** The longest first. */
  readonly rests: readonly RunRest[];
  /** Of every table that may lose rows; none if the run was not proven. */
  readonly proofs: readonly RunProof[];
}
