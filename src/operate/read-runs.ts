import type { Connection, ResultRow } from '../dialects/dialect.js';
import { ask, column, columns, literals, numberOf, type Place, qualified, textOf, utcOf } from './place.js';
import type { Run, RunProof, RunRest, RunStep, RunWithSteps } from './run-types.js';

export const runColumns = [
  'run_id',
  'procedure_name',
  'started_by',
  'started_at',
  'ended_at',
  'cut_off',
  'dry_run',
  'status',
  'why_stopped',
];

export const stepColumns = ['table_name', 'seen', 'deleted', 'restored', 'batches', 'retries', 'longest_batch_ms'];

/** The latest runs, newest first; of all procedures, or of those named. */
export async function readRuns(
  connection: Connection,
  place: Place,
  { last, procedures }: { readonly last: number; readonly procedures?: readonly string[] },
): Promise<readonly Run[]> {
  const runId = column(place, 'run_id');
  const where = procedures ? ` WHERE ${column(place, 'procedure_name')} IN (${literals(place, procedures)})` : '';
  // No two databases agree on LIMIT, but all number rows.
  const numbered = `SELECT ${runId} AS id, ROW_NUMBER() OVER (ORDER BY ${runId} DESC) AS position_from_end
    FROM ${qualified(place, place.names.run)}${where}`;
  const rows = await ask(
    connection,
    place,
    `SELECT ${columns(place, runColumns, 'r')}
    FROM ${qualified(place, place.names.run)} r JOIN (${numbered}) n ON n.id = r.${runId}
    WHERE n.position_from_end <= ${Math.trunc(last)}
    ORDER BY r.${runId} DESC`,
  );
  return rows.map(toRun);
}

/** Runs of a procedure that began after the given one, oldest first; a part that was taken out of an earlier run is none. */
export async function readRunsAfter(
  connection: Connection,
  place: Place,
  procedure: string,
  afterRunId: number,
): Promise<readonly Run[]> {
  const rows = await ask(
    connection,
    place,
    `SELECT ${columns(place, runColumns)}
    FROM ${qualified(place, place.names.run)}
    WHERE ${column(place, 'procedure_name')} = ${literals(place, [procedure])} AND ${column(place, 'run_id')} > ${Math.trunc(afterRunId)}
    ORDER BY ${column(place, 'run_id')}`,
  );
  return rows.map(toRun).filter(({ whyStopped = '' }) => !isPart(whyStopped));
}

/** What the log says of rows that were taken out of a run, to be restored. */
export const partWords = (runId: number, selection: string): string => `part of run ${runId}: ${selection}`;
export const isPart = (why: string): boolean => /^part of run \d+: /.test(why);

/** The id of the newest run of anything; 0 where there was none. */
export async function newestRunId(connection: Connection, place: Place): Promise<number> {
  const newest = `SELECT MAX(${column(place, 'run_id')}) AS newest FROM ${qualified(place, place.names.run)}`;
  return numberOf((await ask(connection, place, newest))[0]?.newest);
}

/** One run with its tables, or undefined where there is no such run. */
export async function readRun(connection: Connection, place: Place, runId: number): Promise<RunWithSteps | undefined> {
  const rows = await ask(
    connection,
    place,
    `SELECT ${columns(place, runColumns)} FROM ${qualified(place, place.names.run)}
    WHERE ${column(place, 'run_id')} = ${Math.trunc(runId)}`,
  );
  const row = rows[0];
  return (
    row && {
      ...toRun(row),
      steps: await readSteps(connection, place, runId),
      rests: await readRests(connection, place, runId),
      proofs: await readProofs(connection, place, runId),
    }
  );
}

async function readRests(connection: Connection, place: Place, runId: number): Promise<readonly RunRest[]> {
  const rows = await ask(
    connection,
    place,
    `SELECT ${columns(place, ['cause', 'detail', 'rest_ms'])} FROM ${qualified(place, place.names.runRest)}
    WHERE ${column(place, 'run_id')} = ${Math.trunc(runId)} ORDER BY ${column(place, 'rest_ms')} DESC`,
  );
  return rows.map(toRest);
}

export const toRest = (row: ResultRow): RunRest => ({
  cause: String(row.cause),
  detail: String(row.detail),
  restMs: numberOf(row.rest_ms),
});

async function readProofs(connection: Connection, place: Place, runId: number): Promise<readonly RunProof[]> {
  const rows = await ask(
    connection,
    place,
    `SELECT ${columns(place, proofColumns)} FROM ${qualified(place, place.names.runProof)}
    WHERE ${column(place, 'run_id')} = ${Math.trunc(runId)} ORDER BY ${column(place, 'table_name')}`,
  );
  return inPolicyOrder(place, rows.map(toProof));
}

export const proofColumns = ['table_name', 'logged', 'copies', 'wrong'] as const;

export const toProof = (row: ResultRow): RunProof => ({
  table: String(row.table_name),
  logged: numberOf(row.logged),
  copies: numberOf(row.copies),
  wrong: numberOf(row.wrong),
});

/** What a run did so far, by table: those of the policy first and in its order, then what hangs on them. */
export async function readSteps(connection: Connection, place: Place, runId: number): Promise<readonly RunStep[]> {
  const ofRun = `WHERE ${column(place, 'run_id')} = ${Math.trunc(runId)}`;
  const steps = await ask(
    connection,
    place,
    `SELECT ${columns(place, stepColumns)} FROM ${qualified(place, place.names.runStep)} ${ofRun} ORDER BY ${column(place, 'table_name')}`,
  );
  const reasons = await ask(
    connection,
    place,
    `SELECT ${columns(place, ['table_name', 'reason', 'deleted'])} FROM ${qualified(place, place.names.runReason)} ${ofRun} ORDER BY ${column(place, 'reason')}`,
  );
  return inPolicyOrder(
    place,
    steps.map((row) => toStep(row, reasons)),
  );
}

/** Position of a table among the policy's own; those that only hang on them come last. */
export function stepNumber({ policy }: Place, table: string): number {
  const at = policy.steps.findIndex((step) => step.table.toLowerCase() === table.toLowerCase());
  return at < 0 ? policy.steps.length : at;
}

const inPolicyOrder = <One extends { readonly table: string }>(place: Place, steps: readonly One[]): readonly One[] =>
  [...steps].sort((one, other) => stepNumber(place, one.table) - stepNumber(place, other.table));

export function toRun(row: ResultRow): Run {
  const endedAt = utcOf(row.ended_at);
  const cutOff = utcOf(row.cut_off);
  const whyStopped = textOf(row.why_stopped);
  return {
    runId: numberOf(row.run_id),
    procedure: String(row.procedure_name),
    startedBy: String(row.started_by),
    startedAt: utcOf(row.started_at) ?? '',
    ...(endedAt !== undefined && { endedAt }),
    ...(cutOff !== undefined && { cutOff }),
    dryRun: row.dry_run === 'yes',
    status: String(row.status),
    ...(whyStopped !== undefined && { whyStopped }),
  };
}

export const toStep = (row: ResultRow, reasons: readonly ResultRow[]): RunStep => ({
  table: String(row.table_name),
  seen: numberOf(row.seen),
  deleted: numberOf(row.deleted),
  restored: numberOf(row.restored),
  batches: numberOf(row.batches),
  retries: numberOf(row.retries),
  longestBatchMs: numberOf(row.longest_batch_ms),
  reasons: Object.fromEntries(
    reasons
      .filter((one) => one.table_name === row.table_name && numberOf(one.deleted) > 0)
      .map((one) => [String(one.reason), numberOf(one.deleted)]),
  ),
});
