import type { Connection } from '../../dialects/dialect.js';
import { sqlName } from '../../dialects/sql-name.js';
import type { Plan, PlannedStep } from '../../plan/types.js';
import { all } from '../../policy/build.js';
import { type Facts, type Row, reasonOfDeath } from '../../policy/evaluate.js';
import type { Policy, Step } from '../../policy/types.js';
import { isSame } from '../../review/canonical.js';
import type { Table } from '../../schema/types.js';
import { ask, numberOf, type Place } from '../place.js';
import { stepsBefore } from '../why/judge.js';
import { type Moment, readMoment } from '../why/read-facts.js';
import { type Naming, readRows } from '../why/read-rows.js';
import { nameRowsNearLine } from './name-rows.js';
import { seesList } from './rows-near-line.js';

/** Rules with the settings that they are to be asked with. */
export interface Ruling {
  readonly rules: Policy;
  readonly settings: Readonly<Record<string, string>>;
}

/** A row about which two rules do not say the same. */
export interface DifferingRow {
  readonly row: Row;
  /** Why the old rule deletes it, and why the new one does; undefined where it lives. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** What two rules say of the rows of one table. */
export interface ComparedTable {
  readonly step: PlannedStep;
  /** How many rows were judged by both: all of the table, or those next to the line of either and the oldest. */
  readonly judged: number;
  readonly isAll: boolean;
  readonly differing: readonly DifferingRow[];
}

/** A table of more rows is not read whole. */
const mostRows = 20_000;

/**
 * Evaluates old and new rules side by side on the rows of each table that a plan cleans. A table of which another column
 * says which rows belong together is left out. Writes nothing.
 */
export async function compareRules(
  connection: Connection,
  place: Place,
  plan: Plan,
  now: Ruling,
  old: Ruling,
): Promise<readonly ComparedTable[]> {
  const after = await readMoment(connection, place, plan, now.settings);
  const before = atSameInstant(
    await readMoment(connection, place, { ...plan, ...namesOf(old.rules) }, old.settings),
    after,
  );
  const compared: ComparedTable[] = [];
  for (const table of new Set(plan.steps.map((step) => step.table))) {
    const isOfTable = (name: string): boolean => name.toLowerCase() === table.name.toLowerCase();
    const steps = plan.steps.filter((step) => step.table === table);
    const [first] = steps;
    const oldSteps = old.rules.steps.filter((step) => isOfTable(step.table));
    if (first === undefined) continue;
    const one = await compareTable(connection, place, plan, first, {
      now: { steps: steps.map(({ rule }) => rule), moment: after, plan },
      old: { steps: oldSteps, moment: before, plan: planOf(plan, old.rules, table) },
    });
    if (one !== undefined) compared.push(one);
  }
  return compared;
}

const namesOf = ({ cutOffs, parameters }: Policy) => ({ cutOffs, parameters });

/** Two moments were read one after the other; their cut-offs are to be of one. */
function atSameInstant(moment: Moment, other: Moment): Moment {
  const later = other.now - moment.now;
  const cutOffs = Object.fromEntries(Object.entries(moment.facts.cutOffs).map(([name, at]) => [name, at + later]));
  return { now: other.now, facts: { ...moment.facts, cutOffs } };
}

/** Old rules as steps of a plan, as far as the order of steps matters. */
const planOf = (plan: Plan, rules: Policy, table: Table): Plan => ({
  ...plan,
  steps: rules.steps.flatMap((rule) => {
    const like = plan.steps.find((step) => step.table === table && step.rule.table === rule.table);
    return like === undefined ? [] : [{ ...like, rule }];
  }),
});

interface Side {
  readonly steps: readonly Step[];
  readonly moment: Moment;
  readonly plan: Plan;
}

async function compareTable(
  connection: Connection,
  place: Place,
  plan: Plan,
  step: PlannedStep,
  { now, old }: { readonly now: Side; readonly old: Side },
): Promise<ComparedTable | undefined> {
  const { table } = step;
  // One reading answers both: what the rules ask for is found by the very parts that ask.
  const history = now.steps.find((one) => one.history !== undefined)?.history;
  const isShared = [...now.steps, ...old.steps].every(
    (one) => one.history === undefined || isSame(one.history, history),
  );
  if (!isShared) return undefined;
  const sharing = (one: Step): Step => (one.history === undefined || history === undefined ? one : { ...one, history });
  const [newSteps, oldSteps] = [now.steps.map(sharing), old.steps.map(sharing)];
  const merged: Step = {
    ...step.rule,
    reasons: [...newSteps, ...oldSteps].flatMap(({ guard, reasons }) =>
      reasons.map((reason) => ({ ...reason, when: guard === undefined ? reason.when : all(guard, reason.when) })),
    ),
    ...(history && { history }),
  };
  const { guard: _, ...rule } = merged;
  const rows = numberOf(
    (
      await ask(
        connection,
        place,
        `SELECT COUNT(*) AS ${place.dialect.expressions.identifier('n')} FROM ${sqlName(place.dialect, table.name, place.namespace)}`,
      )
    )[0]?.n,
  );
  const isAll = rows <= mostRows;
  const near = [
    { rule, cutOffs: now.moment.facts.cutOffs },
    { rule, cutOffs: old.moment.facts.cutOffs },
  ];
  const namings = isAll ? [everyRow] : ((await nameRowsNearLine(connection, place, table, near)) ?? []);
  const reading = { ...step, rule };
  const sees = await seesList(connection, place, step);
  const earlierOf = (one: Step, of: Plan) => {
    const planned = of.steps.find((other) => other.rule.reasons === one.reasons);
    return planned === undefined ? [] : stepsBefore(planned, of);
  };
  const earlier = [
    ...newSteps.flatMap((one) => earlierOf(one, now.plan)),
    ...oldSteps.flatMap((one) => earlierOf(one, old.plan)),
  ];
  const differing: DifferingRow[] = [];
  let judged = 0;
  for (const naming of namings) {
    const read = await readRows(connection, place, reading, plan.schema, naming, { sees, earlier });
    const verdict = (row: Row, steps: readonly Step[], side: Side): string | undefined => {
      for (const one of steps) {
        const facts: Facts = { ...side.moment.facts, ...read.facts, tables: {}, earlier: earlierOf(one, side.plan) };
        const reason = reasonOfDeath(one, row, facts);
        if (reason !== undefined) return reason;
      }
      return undefined;
    };
    for (const row of read.rows) {
      judged += 1;
      const [before, after] = [verdict(row, oldSteps, old), verdict(row, newSteps, now)];
      if ((before === undefined) !== (after === undefined)) differing.push({ row, before, after });
    }
  }
  return { step, judged, isAll, differing };
}

const everyRow: Naming = { condition: () => '1 = 1', parameters: [] };
