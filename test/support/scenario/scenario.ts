import type * as fc from 'fast-check';
import type { Needs } from '../data/case-types.js';
import type { PlacedRow } from '../data/row-factories.js';
import type { Writer } from '../data/writers.js';
import type { Database, Row } from '../model/rows.js';
import type { World } from './world.js';

/** The clock when rows are made, microseconds, in whole seconds. */
export interface Clocks {
  readonly utcNow: bigint;
}

/** Values of the settings table. */
export type Settings = Readonly<Record<string, string | number>>;

/** A sighting of an earlier run, as its list keeps it. */
export interface Sighting {
  /** The table whose rows were seen. */
  readonly table: string;
  readonly row: Row;
  /** Microseconds. */
  readonly firstSeen: bigint;
}

/** Rows in, survivors out. */
export interface ScenarioCase {
  /** A sentence: what the run does with the rows. */
  readonly name: string;
  readonly needs?: Needs;
  readonly settings?: Settings | ((clocks: Clocks) => Settings);
  /** Rows in true moments of UTC; a writer's clock makes stamps of them. */
  readonly rows: (clocks: Clocks) => readonly PlacedRow[];
  /** Who writes a row: the writer whose clock is furthest behind, unless told. */
  readonly writerOf?: (table: string, row: Row) => Writer;
  readonly sightings?: (clocks: Clocks) => readonly Sighting[];
  /** Short names of all rows left in each table that the case is about; every other table comes through whole. */
  readonly survivors: Readonly<Record<string, readonly string[]>>;
}

/** What a run begins with; its stamps are as they were written. */
export interface RandomStart {
  readonly database: Database;
  readonly settings: Settings;
  readonly sightings?: readonly Sighting[];
}

/** What an engine can hold, and whether a test can hold its clock. */
export interface RandomAbilities {
  readonly fractions: boolean;
  readonly stillClock: boolean;
}

/** Everything that tests need to know of a cleanup; one file per policy in `test/scenarios`. */
export interface Scenario {
  /** Name of the policy. */
  readonly policy: string;
  /** Tables that it may touch or look at; what their foreign keys need comes by itself. */
  readonly tables: readonly string[];
  /** Columns that tell rows of a table apart, where that is not `ID`. */
  readonly keys?: Readonly<Record<string, readonly string[]>>;
  /** Settings that count unless a case says otherwise, where they are not the product's defaults. */
  readonly settings?: Settings;
  readonly cases: readonly ScenarioCase[];
  /** Random databases in true moments of UTC, made when the clocks are known. */
  readonly random: fc.Arbitrary<(clocks: Clocks, abilities: RandomAbilities) => RandomStart>;
  /**
   * The second opinion: removes what is dead, written from the rules alone, sharing nothing with the policy. Where the
   * two disagree, one of them is wrong.
   */
  readonly model: (world: World) => void;
  /**
   * Whether a row lives in the product's own terms, by true moments; written from what the product does with it, and
   * knowing no safe period, grace or uncertainty. None where no stamp of a row decides.
   */
  readonly lives?: (table: string, row: Row, world: World) => boolean;
}
