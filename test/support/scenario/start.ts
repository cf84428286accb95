import { isDeepStrictEqual } from 'node:util';
import type { Schema } from '../../../src/schema/types.js';
import { fitted } from '../data/cases.js';
import { databaseOf } from '../data/row-factories.js';
import { twelveHoursWest, type Writer, written } from '../data/writers.js';
import type { ModelResult } from '../model/options.js';
import { type Database, type Row, referencesOf } from '../model/rows.js';
import { microsecondsPerMinute } from '../model/stamps.js';
import type { Clocks, RandomStart, Scenario, ScenarioCase } from './scenario.js';
import { World } from './world.js';

/** What a case begins with, as far as a schema has its tables and columns. */
export function startOf(scenario: Scenario, aCase: ScenarioCase, clocks: Clocks, schema: Schema): RandomStart {
  const settings = typeof aCase.settings === 'function' ? aCase.settings(clocks) : aCase.settings;
  const start = {
    database: databaseOf(aCase.rows(clocks)),
    settings: { clock_uncertainty_hours: 12, ...scenario.settings, ...settings },
    ...(aCase.sightings && { sightings: aCase.sightings(clocks) }),
  };
  return writtenStart(fittedStart(start, schema), schema, aCase.writerOf ?? (() => twelveHoursWest));
}

/** The same start as its writers' clocks have it. */
export const writtenStart = (
  start: RandomStart,
  schema: Schema,
  writerOf: (table: string, row: Row, index: number) => Writer,
): RandomStart => ({ ...start, database: written(start.database, schema, writerOf) });

export const fittedStart = (start: RandomStart, schema: Schema): RandomStart => ({
  ...start,
  database: fitted(start.database, schema),
});

/** What the scenario's own model leaves of it. */
export function modelOf(
  scenario: Scenario,
  { database, settings, sightings = [] }: RandomStart,
  clocks: Clocks,
  schema: Schema,
): Pick<ModelResult, 'survivors' | 'dead'> {
  const world = new World(database, referencesOf(schema), { clocks, settings, sightings });
  scenario.model(world);
  return world.result();
}

const count = (survivors: Database): number => Object.values(survivors).reduce((sum, rows) => sum + rows.length, 0);

/**
 * True where a run that begins some minutes later gives the same survivors, and the same reasons for all others. Time only
 * adds dead rows and moves them to an earlier reason, so the two ends decide for all moments between them: a test need
 * not know when exactly the server read its clock.
 */
export function isSettled(
  scenario: Scenario,
  start: RandomStart,
  clocks: Clocks,
  schema: Schema,
  minutes: number,
): boolean {
  const span = BigInt(minutes) * microsecondsPerMinute;
  const later = { utcNow: clocks.utcNow + span };
  const [now, then] = [modelOf(scenario, start, clocks, schema), modelOf(scenario, start, later, schema)];
  return isDeepStrictEqual(now.dead, then.dead) && count(now.survivors) === count(then.survivors);
}

/** The outcome of a case does not depend on the second in which its run begins, or the session's clock can be held. */
export const isDecided = (
  scenario: Scenario,
  aCase: ScenarioCase,
  schema: Schema,
  { stillClock }: { readonly stillClock: boolean },
): boolean => {
  const clocks = { utcNow: BigInt(Date.UTC(2026, 10, 23, 15, 10)) * 1000n };
  return stillClock || isSettled(scenario, startOf(scenario, aCase, clocks, schema), clocks, schema, 10);
};
