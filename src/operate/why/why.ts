import type { Connection } from '../../dialects/dialect.js';
import type { Plan, PlannedStep } from '../../plan/types.js';
import type { Row } from '../../policy/evaluate.js';
import { DatabaseError, databaseError } from '../../server/database-error.js';
import type { Place } from '../place.js';
import { readRun } from '../read-runs.js';
import type { Run } from '../run-types.js';
import { readSettings } from '../settings.js';
import type { Judgement } from './judge.js';
import { judgeRows } from './judge-rows.js';
import { type KeptRows, readKept } from './kept-rows.js';
import { waysToRows } from './naming.js';
import { type Moment, readMoment } from './read-facts.js';
import type { Search } from './search.js';

/** A cleanup of the live schema. */
export interface Cleanup {
  readonly place: Place;
  readonly plan: Plan;
  /** What counts if it is not installed. */
  readonly configured: Readonly<Record<string, string | number>>;
}

/** A row that was found, and what each step that cleans its table says of it. */
export interface FoundRow {
  readonly cleanup: Cleanup;
  readonly isInstalled: boolean;
  readonly settings: Readonly<Record<string, string>>;
  readonly moment: Moment;
  readonly step: PlannedStep;
  readonly row: Row;
  readonly foundBy: readonly string[];
  readonly judgements: readonly Judgement[];
}

/** Copies of a row that some run took. */
export interface TakenRow extends KeptRows {
  readonly cleanup: Cleanup;
  readonly run: Run | undefined;
  /** How long copies are kept, days. */
  readonly retentionDays: number;
}

export interface Why {
  readonly rows: readonly FoundRow[];
  readonly taken: readonly TakenRow[];
  /** Columns without an index, which are only looked at on request. */
  readonly passedOver: readonly { readonly table: string; readonly column: string }[];
  /** Backup tables that this account may not read, or that the server hides from it. */
  readonly unread: readonly string[];
}

/** Finds the rows that a search names, in the tables of some cleanups and among the rows that their runs keep, and judges them. */
export async function why(
  connection: Connection,
  cleanups: readonly Cleanup[],
  search: Search,
  { scans, goOn }: { readonly scans: boolean; readonly goOn: () => void },
): Promise<Why> {
  const rows: FoundRow[] = [];
  const taken: TakenRow[] = [];
  const passedOver = new Map<string, { table: string; column: string }>();
  const unread = new Set<string>();
  for (const cleanup of cleanups) {
    const { place, plan } = cleanup;
    const there = await objectsThere(connection, cleanup);
    const live = await liveSettings(connection, cleanup, there);
    const settings = live ?? asConfigured(cleanup);
    // An account that may not call a procedure does not see it everywhere.
    const isInstalled = live !== undefined || there.has(place.names.procedure.toLowerCase());
    const moment = await readMoment(connection, place, plan, settings);
    const found = new Map<string, FoundRow>();
    const kept = new Map<string, TakenRow>();
    for (const step of plan.steps) {
      for (const { column, isIndexed, naming } of waysToRows(step, search, { ...place, schema: plan.schema })) {
        goOn();
        if (!isIndexed && !scans) {
          passedOver.set(`${step.table.name}.${column}`, { table: step.table.name, column });
        } else {
          const sees = step.list !== undefined && there.has(step.list.name.toLowerCase());
          for (const judgement of await judgeRows(connection, place, plan, step, moment, naming, { sees })) {
            addJudgement(found, judgement, column, {
              cleanup,
              isInstalled,
              settings,
              moment,
            });
          }
        }
        if (plan.backup === 'none' || !isInstalled) continue;
        const copies = there.has(step.backup.name.toLowerCase())
          ? await unlessDenied(readKept(connection, place, step.backup, naming), place)
          : undefined;
        if (copies === undefined) unread.add(step.backup.name);
        for (const one of copies ?? []) {
          const run = there.has(place.names.run.toLowerCase())
            ? await readRun(connection, place, one.runId)
            : undefined;
          const retentionDays = Number(settings.backup_retention_days ?? 30);
          kept.set(`${one.table} ${one.runId}`, { ...one, cleanup, run, retentionDays });
        }
      }
    }
    rows.push(...found.values());
    taken.push(...kept.values());
  }
  return { rows, taken, passedOver: [...passedOver.values()], unread: [...unread] };
}

/** Undefined if the account lacks the privilege. */
async function unlessDenied<Found>(found: Promise<Found>, { dialect }: Place): Promise<Found | undefined> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof DatabaseError && dialect.explain(error.cause).isDenied) return undefined;
    throw error;
  }
}

/** A row may be found by several columns, and be judged by several steps; each of these once. */
function addJudgement(
  found: Map<string, FoundRow>,
  judgement: Judgement,
  column: string,
  about: Pick<FoundRow, 'cleanup' | 'isInstalled' | 'settings' | 'moment'>,
): void {
  const { step, row } = judgement;
  const key = JSON.stringify([step.table.name, ...identityOf(step, row).map(String)]);
  const known = found.get(key) ?? { ...about, step, row, foundBy: [], judgements: [] };
  const isKnown = known.judgements.some((one) => one.step === step);
  found.set(key, {
    ...known,
    foundBy: [...new Set([...known.foundBy, column])],
    judgements: isKnown ? known.judgements : [...known.judgements, judgement],
  });
}

const identityOf = ({ table: { primaryKey } }: PlannedStep, row: Row) =>
  primaryKey.length > 0 ? primaryKey.map((name) => row[name] ?? null) : Object.values(row);

/** Lower-case names of those objects of a cleanup that are there. */
async function objectsThere(connection: Connection, { place, plan }: Cleanup): Promise<ReadonlySet<string>> {
  const { dialect, namespace, names } = place;
  const lists = plan.steps.flatMap(({ list }) => list?.name ?? []);
  const wanted = [
    names.procedure,
    names.restore,
    names.setting,
    names.run,
    ...lists,
    ...plan.backups.map(({ name }) => name),
  ];
  const existing = await dialect.catalog
    .existing(connection, [...new Set(wanted)], namespace)
    .catch((error: unknown) => {
      throw databaseError(error, dialect);
    });
  return new Set(existing.map(({ name }) => name.toLowerCase()));
}

/** The settings that a run would read; undefined if there are none. */
async function liveSettings(
  connection: Connection,
  { place }: Cleanup,
  there: ReadonlySet<string>,
): Promise<Readonly<Record<string, string>> | undefined> {
  if (!there.has(place.names.setting.toLowerCase())) return undefined;
  const live = await readSettings(connection, place);
  return live.length === 0 ? undefined : Object.fromEntries(live.map(({ name, value }) => [name, value]));
}

const asConfigured = ({ configured }: Cleanup): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(configured).map(([name, value]) => [name, String(value)]));
