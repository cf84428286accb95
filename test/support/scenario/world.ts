import { deleteWithChildren, withoutDeleted } from '../model/cascade.js';
import type { ModelResult } from '../model/options.js';
import type { Database, Reference, Row } from '../model/rows.js';
import { microsecondsPerHour } from '../model/stamps.js';
import type { Clocks, Settings, Sighting } from './scenario.js';

/** What a model is told of a run. */
export interface RunFacts {
  readonly clocks: Clocks;
  readonly settings: Settings;
  readonly sightings: readonly Sighting[];
}

/** A database in memory from which a model removes rows, with all that refers to them by a foreign key. */
export class World {
  readonly facts: RunFacts;
  private readonly database: Database;
  private readonly references: readonly Reference[];
  private readonly deleted = new Set<Row>();
  private readonly dead: Record<string, Record<string, number>> = {};

  constructor(database: Database, references: readonly Reference[], facts: RunFacts) {
    this.database = database;
    this.references = references;
    this.facts = facts;
  }

  /** Rows of a table that are left. */
  rows(table: string): readonly Row[] {
    return (this.database[table] ?? []).filter((row) => !this.deleted.has(row));
  }

  /** Microseconds: so many hours before now. */
  hoursAgo(hours: number): bigint {
    return this.facts.clocks.utcNow - BigInt(hours) * microsecondsPerHour;
  }

  /** Microseconds: so many hours before now on any clock that may have written a stamp. */
  surelyHoursAgo(hours: number): bigint {
    const uncertainty = this.facts.settings.clock_uncertainty_hours;
    if (uncertainty === undefined) throw new Error('clock_uncertainty_hours is not set');
    return this.hoursAgo(hours + Number(uncertainty));
  }

  /** The value of a setting, as a number. */
  number(name: string, otherwise: number): number {
    return Number(this.facts.settings[name] ?? otherwise);
  }

  isOn(name: string): boolean {
    return this.facts.settings[name] === 'yes';
  }

  /** Removes the rows of a table for which there is a reason, all judged before the first one goes. Returns them. */
  remove(table: string, reasonOf: (row: Row) => string | undefined): readonly Row[] {
    const gone = this.rows(table).flatMap((row) => {
      const reason = reasonOf(row);
      return reason === undefined ? [] : [{ row, reason }];
    });
    for (const { reason } of gone) {
      const reasons = this.dead[table] ?? {};
      this.dead[table] = { ...reasons, [reason]: (reasons[reason] ?? 0) + 1 };
    }
    deleteWithChildren(
      this.database,
      this.references,
      this.deleted,
      gone.map(({ row }) => [table, row] as const),
    );
    return gone.map(({ row }) => row);
  }

  result(): Pick<ModelResult, 'survivors' | 'dead'> {
    return { survivors: withoutDeleted(this.database, this.deleted), dead: this.dead };
  }
}
