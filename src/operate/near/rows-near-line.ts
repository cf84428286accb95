import type { Connection } from '../../dialects/dialect.js';
import type { Plan, PlannedStep } from '../../plan/types.js';
import type { Place } from '../place.js';
import type { Judgement } from '../why/judge.js';
import { judgeRows } from '../why/judge-rows.js';
import type { Moment } from '../why/read-facts.js';
import { nameRowsNearLine } from './name-rows.js';

/** Rows of a step's table on both sides of the line that its rule draws. */
export interface RowsNearLine {
  readonly step: PlannedStep;
  /** How many were judged: the oldest, and those that pass a cut-off next. */
  readonly judged: number;
  /** The longest dead first; those of which no time says it come last. */
  readonly dead: readonly Judgement[];
  /** Those that die next first; those that no time ends come last. */
  readonly live: readonly Judgement[];
}

/** Looks at rows of a step next to the line; undefined if the table has no key to name them by. */
export async function rowsNearLine(
  connection: Connection,
  place: Place,
  plan: Plan,
  step: PlannedStep,
  moment: Moment,
): Promise<RowsNearLine | undefined> {
  const near = { rule: step.rule, cutOffs: moment.facts.cutOffs };
  const namings = await nameRowsNearLine(connection, place, step.table, [near]);
  if (namings === undefined) return undefined;
  const sees = await seesList(connection, place, step);
  const all: Judgement[] = [];
  for (const naming of namings) {
    all.push(...(await judgeRows(connection, place, plan, step, moment, naming, { sees })));
  }
  return {
    step,
    judged: all.length,
    dead: all.filter(({ reason }) => reason !== undefined).sort(by(({ since }) => since)),
    live: all.filter(({ reason }) => reason === undefined).sort(by(({ dies }) => dies?.at)),
  };
}

/** Whether the list of what earlier runs saw is there. */
export async function seesList(connection: Connection, place: Place, { list }: PlannedStep): Promise<boolean> {
  if (list?.content !== 'sightings') return false;
  return (await place.dialect.catalog.existing(connection, [list.name], place.namespace)).length > 0;
}

/** The smallest first; none comes last. */
const by =
  (timeOf: (one: Judgement) => bigint | undefined) =>
  (one: Judgement, other: Judgement): number => {
    const [first, second] = [timeOf(one), timeOf(other)];
    if (first === undefined || second === undefined) return Number(first === undefined) - Number(second === undefined);
    return first < second ? -1 : Number(first > second);
  };
