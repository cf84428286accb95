import type { Connection } from '../dialects/dialect.js';
import { ask, column, columns, literals, numberOf, type Place, qualified, textOf } from './place.js';
import type { RestoreMark, Run } from './run-types.js';

/** The runs, each with the restores that put rows of it back. */
export async function withRestores<R extends Run>(
  connection: Connection,
  places: readonly Place[],
  runs: readonly R[],
): Promise<readonly R[]> {
  const [place] = places;
  if (place === undefined || runs.length === 0) return runs;
  const first = Math.min(...runs.map(({ runId }) => runId));
  const procedures = places.flatMap(({ names }) => [names.procedure, names.restore]);
  const log = await ask(
    connection,
    place,
    `SELECT ${columns(place, ['run_id', 'why_stopped'])} FROM ${qualified(place, place.names.run)}
    WHERE ${column(place, 'run_id')} > ${first} AND ${column(place, 'status')} = ${literals(place, ['ended'])}
      AND ${column(place, 'procedure_name')} IN (${literals(place, procedures)})
      AND ${column(place, 'why_stopped')} LIKE ${literals(place, ['%run %: %'])}
    ORDER BY ${column(place, 'run_id')}`,
  );
  /** The run that each part was taken out of, which may be a part itself. */
  const wholes = new Map<number, number>();
  const marks = new Map<number, RestoreMark[]>();
  for (const row of log) {
    const runId = numberOf(row.run_id);
    const why = textOf(row.why_stopped) ?? '';
    const [, partOf] = /^part of run (\d+): /.exec(why) ?? [];
    if (partOf !== undefined) wholes.set(runId, Number(partOf));
    const [, of, restored = '', left] = /^run (\d+): (\d+) rows restored, (\d+) left alone$/.exec(why) ?? [];
    if (of === undefined || restored === '0') continue;
    let whole = left === '0';
    for (let run: number | undefined = Number(of); run !== undefined; run = wholes.get(run)) {
      marks.set(run, [...(marks.get(run) ?? []), { runId, whole, restored: Number(restored) }]);
      whole = false;
    }
  }
  return runs.map((run) => {
    const restoredBy = marks.get(run.runId);
    return restoredBy === undefined ? run : { ...run, restoredBy };
  });
}
