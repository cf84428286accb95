import type { Connection, ResultRow } from '../dialects/dialect.js';
import { groupBy } from '../schema/related-tables.js';
import { ask, column, columns, type Place, qualified, utcOf } from './place.js';
import { proofColumns, runColumns, stepColumns, toProof, toRest, toRun, toStep } from './read-runs.js';
import type { RunWithSteps } from './run-types.js';

/** A run with all that the log says of it. */
export interface LoggedRun extends RunWithSteps {
  /** Rows that raised errors and were passed over, by table. */
  readonly errors: Readonly<Record<string, number>>;
}

/** What the log says of the last days. */
export interface LoggedHistory {
  /** The server's clock, UTC. */
  readonly now: string;
  /** Of all procedures, oldest first. */
  readonly runs: readonly LoggedRun[];
}

/** All runs that began in the last days, with their tables, reasons, rests, proofs and errors: a question for each table of the log. */
export async function readHistory(connection: Connection, place: Place, days: number): Promise<LoggedHistory> {
  const { utcNow, before, fromNothing, identifier } = place.dialect.expressions;
  const { names } = place;
  const runId = column(place, 'run_id');
  const now = await ask(connection, place, `SELECT ${utcNow} AS ${identifier('now_utc')}${fromNothing}`);
  const since = before(utcNow, String(Math.trunc(days)), 'days');
  const recent = `${column(place, 'started_at')} >= ${since}`;
  const runs = await ask(
    connection,
    place,
    `SELECT ${columns(place, runColumns)} FROM ${qualified(place, names.run)} WHERE ${recent} ORDER BY ${runId}`,
  );
  const ofRuns = async (table: string, wanted: readonly string[]): Promise<readonly ResultRow[]> =>
    ask(
      connection,
      place,
      `SELECT ${columns(place, wanted)} FROM ${qualified(place, table)}
      WHERE ${runId} IN (SELECT ${runId} FROM ${qualified(place, names.run)} WHERE ${recent})`,
    );
  const byRun = (rows: readonly ResultRow[]) => groupBy(rows, (row) => String(row.run_id));
  const steps = byRun(await ofRuns(names.runStep, ['run_id', ...stepColumns]));
  const reasons = byRun(await ofRuns(names.runReason, ['run_id', 'table_name', 'reason', 'deleted']));
  const rests = byRun(await ofRuns(names.runRest, ['run_id', 'cause', 'detail', 'rest_ms']));
  const proofs = byRun(await ofRuns(names.runProof, ['run_id', ...proofColumns]));
  const errors = byRun(await ofRuns(names.runError, ['run_id', 'table_name']));
  return {
    now: utcOf(now[0]?.now_utc) ?? '',
    runs: runs.map((row) => {
      const run = toRun(row);
      const own = (rows: ReadonlyMap<string, readonly ResultRow[]>) => rows.get(String(row.run_id)) ?? [];
      return {
        ...run,
        steps: own(steps).map((step) => toStep(step, own(reasons))),
        rests: own(rests).map(toRest),
        proofs: own(proofs).map(toProof),
        errors: Object.fromEntries(
          [...groupBy(own(errors), (error) => String(error.table_name))].map(([table, all]) => [table, all.length]),
        ),
      };
    }),
  };
}
