import type { Database } from './rows.js';

/** What the model is told; nothing here is a default. */
export interface ModelOptions {
  /** The server's UTC at the start of the run. */
  readonly utcNow: string;
  /** By how much a stamp may lie behind the instant that it stands for. */
  readonly clockUncertaintyHours: number;
  readonly safePeriodMinutes: number;
  /** The text of the setting, as an operator wrote it. */
  readonly accessPeriodGrants: string;
  readonly auditPruning: boolean;
  readonly auditRetentionDays: number;
}

/** Number of dead rows by reason. */
export type Reasons = Readonly<Record<string, number>>;

export interface ModelResult {
  readonly survivors: Database;
  /** Rows that are dead by a rule of their own, by table and reason; only reasons that occurred. */
  readonly dead: Readonly<Record<string, Reasons>>;
  /** Rows that went because a parent went, by table; only tables that lost some. */
  readonly cascaded: Readonly<Record<string, number>>;
}
