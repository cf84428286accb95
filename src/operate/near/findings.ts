import type { Connection } from '../../dialects/dialect.js';
import { DeepcleanError } from '../../errors.js';
import type { Plan, PlannedStep } from '../../plan/types.js';
import type { Place } from '../place.js';
import { type BacklogEntry, readBacklog } from '../read-backlog.js';
import { type Moment, readMoment } from '../why/read-facts.js';
import { type ComparedTable, compareRules, type Ruling } from './compare-rules.js';
import { type Price, readPrice } from './price.js';
import { type RowsNearLine, rowsNearLine } from './rows-near-line.js';

/** What a live database shows about a cleanup, for the one who signs it. */
export interface Findings {
  readonly moment: Moment;
  readonly near: ReadonlyMap<PlannedStep, RowsNearLine>;
  readonly price: Price;
  /** What the rules that were signed last say of the same rows; a text says why that is not known. */
  readonly compared?: readonly ComparedTable[] | string;
  /** Dead rows by reason, by the rules that are installed; absent if none are. */
  readonly backlog?: readonly BacklogEntry[];
}

/** Reads rows next to the line, and compares two rules on them. Writes nothing. */
export async function readFindings(
  connection: Connection,
  place: Place,
  plan: Plan,
  now: Ruling,
  old: Ruling | undefined,
): Promise<Findings> {
  const moment = await readMoment(connection, place, plan, now.settings);
  const near = new Map<PlannedStep, RowsNearLine>();
  for (const step of plan.steps) {
    const found = await rowsNearLine(connection, place, plan, step, moment);
    if (found !== undefined) near.set(step, found);
  }
  const there = await place.dialect.catalog.existing(connection, [place.names.backlog], place.namespace);
  return {
    moment,
    near,
    price: await readPrice(connection, place, plan),
    ...(old && { compared: await compared(connection, place, plan, now, old) }),
    ...(there.length > 0 && { backlog: await readBacklog(connection, place) }),
  };
}

/** Rules of another version may speak of what this schema or this version does not have. */
async function compared(connection: Connection, place: Place, plan: Plan, now: Ruling, old: Ruling) {
  try {
    return await compareRules(connection, place, plan, now, old);
  } catch (error) {
    if (error instanceof DeepcleanError || !(error instanceof Error)) throw error;
    return `The signed rules cannot be asked about this database: ${error.message}`;
  }
}
