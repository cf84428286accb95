import type { Connection } from '../dialects/dialect.js';
import { ConnectionError, DeepcleanError, PreflightError, UsageError } from '../errors.js';
import { hasReasons } from '../plan/kept-row.js';
import type { Selection } from '../plan/selection.js';
import type { BackupTable, Plan } from '../plan/types.js';
import { moveStatement } from '../render/move-rows.js';
import { databaseError } from '../server/database-error.js';
import { column, literals, numberOf, type Place, qualified } from './place.js';
import { countKept, isPruned, keptRows, previewRestore } from './preview-restore.js';
import { partWords, readSteps } from './read-runs.js';
import { isRunning } from './request-stop.js';

/** What became of a selection. */
export interface Part {
  /** The run that now keeps the selected rows, and nothing else; undefined if none of them can come back. */
  readonly runId?: number;
  /** By table: selected rows that stay with the rest, since the row that they refer to is gone. */
  readonly parentGone: ReadonlyMap<string, number>;
}

/** Between two transactions of a run nobody holds its lock: how often, and after how many milliseconds, to look again. */
const looks = 25;
const againMs = 20;

/**
 * Gives selected kept rows of a run a number of their own in the log, under which the installed procedure restores them and
 * nothing else. The rest stays with the run, and so do rows whose parent is gone: they come back with the rest. Both are as
 * old as the run was, so their retention ends as before, and each has as many rows as its log says.
 *
 * @throws PreflightError if a run or a restore of the cleanup is going on, or copies of the run are gone; nothing is changed then
 */
export async function splitRun(
  connection: Connection,
  place: Place,
  plan: Plan,
  runId: number,
  selection: Selection,
): Promise<Part> {
  try {
    const isElsewhere = await isRunning(connection, place, () => false);
    for (let look = 1; !isElsewhere && look <= looks; look += 1) {
      const part = await connection.transaction(async () => {
        const { namespace, names, dialect } = place;
        if (!(await dialect.catalog.lockRun(connection, names.procedure, namespace, names.lock))) return undefined;
        // One that is in the log, and whose lock is free every time, has crashed.
        if (look < looks && (await isInLog(connection, place))) return undefined;
        return moveRows(connection, place, plan, Math.trunc(runId), selection);
      });
      if (part !== undefined) return part;
      await new Promise((resolve) => setTimeout(resolve, againMs));
    }
  } catch (error) {
    const isOurs = [PreflightError, UsageError, ConnectionError].some((kind) => error instanceof kind);
    throw isOurs ? error : refused(error, place);
  }
  const { procedure } = place.names;
  throw new PreflightError(`${procedure} is running, or a restore of what it deleted. Nothing was changed.`, [], {
    next: 'Wait for its end, as `deepclean status` shows it. `deepclean stop` stops a cleanup.',
  });
}

/** The server's own words, and what it takes. */
const refused = (error: unknown, { dialect }: Place): DeepcleanError => {
  const { message, code, exitCode } = databaseError(error, dialect);
  return new DeepcleanError(code, exitCode, `${message}. Nothing was changed.`, {
    cause: error,
    next: 'If a privilege is missing: `deepclean grants --role runner --restores` writes what a restore in parts needs.',
  });
};

async function isInLog(connection: Connection, place: Place): Promise<boolean> {
  const { names } = place;
  const procedures = literals(place, [names.procedure, names.restore]);
  const rows = await connection.query(
    `SELECT COUNT(*) AS n FROM ${qualified(place, names.run)} WHERE ${column(place, 'status')} = ${literals(place, ['running'])} AND ${column(place, 'procedure_name')} IN (${procedures})`,
  );
  return numberOf(rows[0]?.n) > 0;
}

async function moveRows(
  connection: Connection,
  place: Place,
  plan: Plan,
  runId: number,
  selection: Selection,
): Promise<Part> {
  await requireAllTables(connection, place, plan, runId);
  const tables = await previewRestore(connection, place, plan, runId, selection);
  const pruned = tables.filter(isPruned).map(({ table }) => table);
  if (pruned.length > 0) {
    throw new PreflightError(`Of ${pruned.join(', ')}, copies of run ${runId} are gone. Nothing was changed.`, [], {
      next: 'Their retention is over. What is left could be the older rows of a session whose newer ones are gone: look at it with --into.',
    });
  }
  if (tables.every(({ selected }) => selected === 0)) {
    throw new UsageError(`Run ${runId} keeps no such row: ${selection.words}.`, {
      next: `Rows that were restored in part are kept under the number of that part, as \`deepclean status\` lists it: part of run ${runId}.`,
    });
  }
  const gone = tables.filter(({ parentGone }) => parentGone > 0);
  const parentGone = new Map(gone.map((one) => [one.table, one.parentGone]));
  const moving = tables.reduce((sum, one) => sum + one.selected - one.parentGone, 0);
  if (moving === 0) return { parentGone };
  if (moving === tables.reduce((sum, { kept }) => sum + kept, 0)) return { runId, parentGone };
  const part = await logPart(connection, place, runId, partWords(runId, selection.words));
  const rows = keptRows(place, plan, runId, selection, part);
  for (const backup of plan.backups) {
    await connection.query(moveStatement(backup, rows, part));
    await moveCounts(connection, place, plan, backup, runId, part);
  }
  return { runId: part, parentGone };
}

/** A user who does not see a table of the run would restore parents without what belongs to them. */
async function requireAllTables(connection: Connection, place: Place, plan: Plan, runId: number): Promise<void> {
  const known = new Set(plan.backups.map(({ source }) => source.name.toLowerCase()));
  const steps = await readSteps(connection, place, runId);
  const unknown = steps.filter(({ table, deleted }) => deleted > 0 && !known.has(table.toLowerCase()));
  if (unknown.length === 0) return;
  const names = unknown.map(({ table }) => table).join(', ');
  throw new PreflightError(
    `Run ${runId} deleted rows of ${names}, which are not to be seen. Nothing was changed.`,
    [],
    {
      next: 'If a privilege is missing: `deepclean grants --role runner --restores` writes what a restore in parts needs.',
    },
  );
}

/** The log's row of the part: as old as the run, so that nothing is pruned earlier. */
async function logPart(connection: Connection, place: Place, runId: number, why: string): Promise<number> {
  const log = qualified(place, place.names.run);
  const name = (one: string) => column(place, one);
  const copied = ['procedure_name', 'started_by', 'started_at', 'cut_off', 'dry_run'].map(name).join(', ');
  const [ended, reason] = [literals(place, ['ended']), literals(place, [why])];
  await connection.query(
    `INSERT INTO ${log} (${copied}, ${name('ended_at')}, ${name('status')}, ${name('why_stopped')}) SELECT ${copied}, COALESCE(${name('ended_at')}, ${name('started_at')}), ${ended}, ${reason} FROM ${log} WHERE ${name('run_id')} = ${runId}`,
  );
  const rows = await connection.query(
    `SELECT MAX(${name('run_id')}) AS n FROM ${log} WHERE ${name('why_stopped')} = ${reason} AND ${name('procedure_name')} = ${literals(place, [place.names.procedure])}`,
  );
  return numberOf(rows[0]?.n);
}

/** Fewer kept rows than deleted ones mean that copies were pruned, so the counts go with the rows. */
async function moveCounts(
  connection: Connection,
  place: Place,
  plan: Plan,
  { name: backup, source }: BackupTable,
  runId: number,
  part: number,
): Promise<void> {
  const moved = await countKept(connection, place, backup, part);
  if (moved === 0) return;
  const name = (one: string) => column(place, one);
  const table = literals(place, [source.name]);
  const move = async (log: string, rows: number, reason?: string): Promise<void> => {
    const [columns, values, same] =
      reason === undefined
        ? ['', '', '']
        : [
            `${name('reason')}, `,
            `${literals(place, [reason])}, `,
            ` AND ${name('reason')} = ${literals(place, [reason])}`,
          ];
    await connection.query(
      `INSERT INTO ${log} (${name('run_id')}, ${name('table_name')}, ${columns}${name('deleted')}) VALUES (${part}, ${table}, ${values}${rows})`,
    );
    await connection.query(
      `UPDATE ${log} SET ${name('deleted')} = ${name('deleted')} - ${rows} WHERE ${name('run_id')} = ${runId} AND ${name('table_name')} = ${table}${same}`,
    );
  };
  await move(qualified(place, place.names.runStep), moved);
  if (!hasReasons(source, plan)) return;
  const reasons = await connection.query(
    `SELECT ${name('reason')} AS word, COUNT(*) AS n FROM ${qualified(place, backup)} WHERE ${name('run_id')} = ${part} GROUP BY ${name('reason')}`,
  );
  for (const { word, n } of reasons) {
    await move(qualified(place, place.names.runReason), numberOf(n), String(word));
  }
}
