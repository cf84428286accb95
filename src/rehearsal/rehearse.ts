import type { Connection, Dialect } from '../dialects/dialect.js';
import { readSchema } from '../dialects/read-schema.js';
import { sqlName } from '../dialects/sql-name.js';
import { DeepcleanError, PreflightError } from '../errors.js';
import { applyInstall } from '../install/apply-install.js';
import { applyUninstall } from '../install/apply-uninstall.js';
import { planUninstall } from '../install/plan-uninstall.js';
import { preflight } from '../install/preflight.js';
import type { PolicyChoice } from '../install/types.js';
import type { Place } from '../operate/place.js';
import { restoreRun } from '../operate/restore-run.js';
import { runCleanup } from '../operate/run-cleanup.js';
import type { RunStep } from '../operate/run-types.js';
import { readSettings } from '../operate/settings.js';
import { readMoment } from '../operate/why/read-facts.js';
import { planAll } from '../plan/plan-all.js';
import type { Plan } from '../plan/types.js';
import type { Schema, Table } from '../schema/types.js';
import { carryOut } from './carry-out.js';
import { type CheckedTable, checkTable, wholeTable } from './compare.js';
import { type Digest, digestOf, isSame, noRows } from './digest.js';
import { dropTwin, makeTwin, twinNamespace, twinOf } from './twin.js';
import type { ChangedTable, Rehearsal, RehearsedCleanup } from './types.js';

/** What a rehearsal settles for itself: it is over when all is done, at whatever time of day, and nobody else is spared. */
const ownSettings = {
  enabled: 'yes',
  window: 'always',
  time_budget_seconds: 86_400,
  duty_percent: 100,
  pause_ms: 0,
} as const;

/** How often a run's log is looked at, milliseconds. */
const pollMs = 500;

export interface RehearsalRequest {
  readonly dialect: Dialect;
  /** Opens the database that is changed. */
  readonly connect: () => Promise<Connection>;
  readonly namespace?: string | undefined;
  readonly prefix: string;
  readonly policies: readonly PolicyChoice[];
  readonly passedOver: readonly string[];
  readonly onProgress: (progress: RehearsalProgress) => void;
  /** Called when everything is installed, and before anything runs. */
  readonly onInstalled?: (connection: Connection) => Promise<void>;
}

/** What a rehearsal is at. */
export interface RehearsalProgress {
  readonly words: string;
  /** Steps of a run that is going on. */
  readonly steps?: readonly RunStep[];
}

/**
 * Installs, runs, checks, restores and uninstalls all cleanups on a database that may be changed. After each run every row of
 * its tables is compared with what the rule says of it, evaluated in memory, and with what the run kept.
 *
 * @throws PreflightError if something is in the way, DeepcleanError if the database refuses
 */
export async function rehearse(request: RehearsalRequest): Promise<Rehearsal> {
  const { dialect, connect, namespace } = request;
  const connection = await connect();
  const follower = await connect();
  try {
    return await new Stage(request, connection, follower, await readSchema(connection, dialect, namespace)).play();
  } finally {
    await Promise.all([connection.close(), follower.close()]);
  }
}

class Stage {
  private readonly place: Omit<Place, 'names' | 'policy'>;
  /** The namespace of the copies. */
  private twins = '';

  constructor(
    private readonly request: RehearsalRequest,
    private readonly connection: Connection,
    private readonly follower: Connection,
    private readonly schema: Schema,
  ) {
    this.place = {
      dialect: request.dialect,
      ...(schema.namespace !== undefined && { namespace: schema.namespace }),
    };
  }

  async play(): Promise<Rehearsal> {
    const { connection, schema } = this;
    const { dialect, onInstalled, passedOver } = this.request;
    const policies = this.request.policies.map((one) => ({ ...one, settings: { ...one.settings, ...ownSettings } }));
    const { planned, absent, problems } = planAll(policies, schema, dialect);
    if (problems.length > 0) throw new PreflightError('Nothing can be rehearsed on this schema.', problems);
    const [first] = planned;
    if (first === undefined) throw new PreflightError('There is nothing to rehearse on this schema.', []);
    const { versionText, product, database } = await dialect.catalog.readServer(connection);
    this.twins = twinNamespace(dialect, database);

    this.say(`Reading ${schema.tables.length} tables …`);
    const anyPlace = this.placeOf(first.plan);
    const before = await this.digests(anyPlace, schema.tables);
    this.say('Installing the cleanups …');
    await this.install(policies);
    await onInstalled?.(connection);
    await this.openTwins();
    const cleanups: RehearsedCleanup[] = [];
    try {
      for (const { plan } of planned) cleanups.push(await this.one(plan));
    } finally {
      await this.closeTwins();
    }
    const restored: RehearsedCleanup[] = [];
    for (const [at, cleanup] of [...cleanups.entries()].reverse()) {
      const plan = planned[at]?.plan;
      restored.unshift(plan === undefined ? cleanup : await this.restore(plan, cleanup));
    }
    this.say('Comparing all tables with what they were …');
    const changed = await this.changedTables(anyPlace, before);
    this.say('Uninstalling …');
    const leavesNothing = await this.uninstall();
    const all = [...before.values()];
    return {
      server: versionText.includes(product) ? versionText : `${product} ${versionText}`,
      source: schema.source,
      passedOver,
      tables: schema.tables.length,
      rows: all.reduce((sum, { rows }) => sum + rows, 0),
      bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
      cleanups: restored,
      absent,
      changed,
      leavesNothing,
    };
  }

  private async install(policies: readonly PolicyChoice[]): Promise<void> {
    const { connection } = this;
    const { dialect, namespace } = this.request;
    const { plan } = await preflight(connection, dialect, { what: { policies }, namespace });
    await applyInstall(connection, dialect, plan);
  }

  /** Runs one cleanup, and checks what it did. */
  private async one(plan: Plan): Promise<RehearsedCleanup> {
    const { connection, follower } = this;
    const place = this.placeOf(plan);
    const { procedure } = plan.names;
    const sources = plan.backups.map(({ source }) => source);
    this.say(`${procedure}: copying ${sources.length} tables, to compare with …`);
    const twin = await makeTwin(connection, place, plan, this.twins);
    try {
      const before = await this.digests(place, sources);
      this.say(`${procedure}: running …`);
      const startedAtMs = Date.now();
      const outcome = await runCleanup(connection, follower, place, {
        dryRun: false,
        pollMs,
        onProgress: (_, steps) => this.request.onProgress({ words: `${procedure}: running …`, steps }),
      });
      const runMs = Date.now() - startedAtMs;
      const { run, failure } = outcome;
      // What the run compared with lies a moment before this; what was dead then is dead now.
      const settings = Object.fromEntries(
        (await readSettings(connection, place)).map(({ name, value }) => [name, value]),
      );
      const moment = await readMoment(connection, place, plan, settings);
      const judged = await carryOut(connection, twin, moment, (rows) => {
        this.say(`${procedure}: ${rows} rows judged once more …`);
      });
      this.say(`${procedure}: comparing …`);
      const tables: CheckedTable[] = [];
      for (const backup of plan.backups) {
        tables.push(
          await checkTable(connection, place, backup, {
            twin,
            before: before.get(backup.source) ?? noRows,
            runId: run?.runId ?? -1,
            keepsRows: plan.backup === 'deleted-rows',
          }),
        );
      }
      return {
        policy: plan.policy.name,
        procedure,
        ...(run !== undefined && { run }),
        ...(failure !== undefined && { failure: failure.message }),
        runMs,
        judged,
        tables,
      };
    } finally {
      await dropTwin(connection, plan, twinOf(place, plan, this.twins));
    }
  }

  private async restore(plan: Plan, cleanup: RehearsedCleanup): Promise<RehearsedCleanup> {
    const { run } = cleanup;
    const deleted = cleanup.tables.reduce((sum, { rowsKept }) => sum + rowsKept, 0);
    if (run === undefined || plan.backup !== 'deleted-rows' || deleted === 0) return cleanup;
    this.say(`${plan.names.procedure}: putting ${deleted} rows back …`);
    const startedAtMs = Date.now();
    try {
      const restored = await restoreRun(this.connection, this.placeOf(plan), run.runId);
      const sum = (of: (step: RunStep) => number): number =>
        (restored?.steps ?? []).reduce((all, step) => all + of(step), 0);
      const rows = sum((step) => step.restored);
      return { ...cleanup, restore: { ms: Date.now() - startedAtMs, rows, leftAlone: sum(({ seen }) => seen) - rows } };
    } catch (error) {
      if (!(error instanceof DeepcleanError)) throw error;
      return {
        ...cleanup,
        restore: { ms: Date.now() - startedAtMs, rows: 0, leftAlone: deleted, failure: error.message },
      };
    }
  }

  private async digests(place: Place, tables: readonly Table[]): Promise<ReadonlyMap<Table, Digest>> {
    const digests = new Map<Table, Digest>();
    for (const table of tables) digests.set(table, await digestOf(this.connection, place, wholeTable(place, table)));
    return digests;
  }

  private async changedTables(place: Place, before: ReadonlyMap<Table, Digest>): Promise<readonly ChangedTable[]> {
    const changed: ChangedTable[] = [];
    for (const [table, digest] of before) {
      const now = await digestOf(this.connection, place, wholeTable(place, table));
      if (!isSame(digest, now)) changed.push({ table: table.name, rowsBefore: digest.rows, rowsAfter: now.rows });
    }
    return changed;
  }

  /** Removes everything that was installed; whether the schema is what it was. */
  private async uninstall(): Promise<boolean> {
    const { dialect, namespace, prefix } = this.request;
    const { planned } = planAll(this.request.policies, this.schema, dialect);
    const wanted = { prefix, namespace, remove: planned.map(({ plan }) => plan.names) };
    await applyUninstall(this.connection, dialect, await planUninstall(this.connection, dialect, wanted));
    const { drops } = await planUninstall(this.connection, dialect, wanted);
    const now = await readSchema(this.connection, dialect, namespace);
    return drops.length === 0 && JSON.stringify(now.tables) === JSON.stringify(this.schema.tables);
  }

  private async openTwins(): Promise<void> {
    await this.closeTwins();
    await this.connection.query(this.request.dialect.expressions.makeNamespace(this.twinsInSql));
  }

  private async closeTwins(): Promise<void> {
    await this.connection.query(this.request.dialect.expressions.dropNamespace(this.twinsInSql)).catch(() => undefined);
  }

  private get twinsInSql(): string {
    return sqlName(this.request.dialect, this.twins, undefined);
  }

  private readonly placeOf = (plan: Plan): Place => ({ ...this.place, names: plan.names, policy: plan.policy });

  private readonly say = (words: string): void => this.request.onProgress({ words });
}
