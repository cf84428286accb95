import * as fc from 'fast-check';
import type { Schema } from '../../../src/schema/types.js';
import { uncertaintyOf, type Writer } from '../data/writers.js';
import { type Database, idOf, type Row, referencesOf } from '../model/rows.js';
import type { Clocks, RandomAbilities, RandomStart, Scenario } from './scenario.js';
import { fittedStart, writtenStart } from './start.js';
import { World } from './world.js';

/** Whatever any engine can hold. */
export const unlimited: RandomAbilities = { fractions: true, stillClock: true };

/** Hours by which stamps may lie behind: what the schema asks for, or any that somebody sets. */
export const uncertainties = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.nat({ max: 26 }) },
);

/** A database as its writers' clocks have it, and the rows in true moments. */
export interface WrittenStart {
  readonly start: RandomStart;
  readonly truth: RandomStart;
}

/** A random database, written by the given writers. */
export function randomStart(
  scenario: Scenario,
  make: (clocks: Clocks, abilities: RandomAbilities) => RandomStart,
  writerOf: (table: string, row: Row, index: number) => Writer,
  hours: number | undefined,
  clocks: Clocks,
  abilities: RandomAbilities,
  schema: Schema,
): WrittenStart {
  const made = fittedStart(make(clocks, abilities), schema);
  const usual = uncertaintyOf(schema, scenario.tables);
  const settings = { clock_uncertainty_hours: hours ?? usual, ...made.settings };
  const truth = { ...made, settings };
  return { start: writtenStart(truth, schema, writerOf), truth };
}

/**
 * Rows that a run deleted and that live in the product's own terms, as `TABLE id`: there must be none, unless somebody set
 * a smaller uncertainty than the schema asks for.
 */
export function liveRowsLost(
  { lives, keys = {}, tables }: Scenario,
  truth: RandomStart,
  left: Database,
  clocks: Clocks,
  schema: Schema,
): readonly string[] {
  if (lives === undefined || Number(truth.settings.clock_uncertainty_hours) < uncertaintyOf(schema, tables)) return [];
  const world = new World(truth.database, referencesOf(schema), {
    clocks,
    settings: truth.settings,
    sightings: truth.sightings ?? [],
  });
  return Object.entries(truth.database).flatMap(([table, rows]) => {
    const kept = new Set((left[table] ?? []).map((row) => idOf(table, row, keys)));
    return rows
      .filter((row) => !kept.has(idOf(table, row, keys)) && lives(table, row, world))
      .map((row) => `${table} ${idOf(table, row, keys)}`);
  });
}
