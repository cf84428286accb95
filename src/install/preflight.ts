import type { Connection, Dialect, StoredObject } from '../dialects/dialect.js';
import { readSchema } from '../dialects/read-schema.js';
import { PreflightError, type Problem } from '../errors.js';
import { planAll } from '../plan/plan-all.js';
import { type Deliverable, deliver } from '../render/deliverable.js';
import { isSame } from '../review/canonical.js';
import { requireSigned } from '../review/require-signed.js';
import { checksumsOf, prepared, type Statement, statementOf } from '../review/statement.js';
import type { Schema } from '../schema/types.js';
import { isTooOld, serverProblems } from '../server/check-server.js';
import { foreignObjects } from './check-foreign.js';
import { grantProblems } from './check-grants.js';
import { requirementProblems } from './check-requirements.js';
import { readInstalled } from './installed.js';
import { planInstall } from './plan-install.js';
import type { Found, InstallPlan, Preflight, PreflightRequest } from './types.js';

/** Looks at everything that an installation needs, and changes nothing. @throws PreflightError with all problems */
export async function preflight(
  connection: Connection,
  dialect: Dialect,
  request: PreflightRequest,
): Promise<Preflight> {
  const server = await dialect.catalog.readServer(connection);
  const problems: Problem[] = [...serverProblems(server, dialect, request.allowReadOnly)];
  // Older servers would not understand the questions that follow.
  if (isTooOld(server, dialect)) throw failure(problems);

  const schema = await readSchema(connection, dialect, namespaceOf(request));
  const { deliverables, planProblems, absent } = deliverablesOf(request, schema, dialect);
  if (request.signed !== undefined) {
    const now = statementNow(request, schema, dialect, deliverables);
    requireSigned(request.signed.review, deliverables, now);
  }
  const grants = await grantProblems(connection, dialect, deliverables, server, schema.namespace);
  problems.push(...grants);
  // Where the server hides columns for lack of a grant, what seems to be missing is not; the grant is named above.
  const areHidden = grants.length > 0 && schema.tables.some((table) => table.columns.length === 0);
  if (!areHidden) problems.push(...planProblems);

  const installed = await readInstalled(connection, dialect, deliverables).catch((error: unknown) => {
    // Whoever may not read the register cannot be told more than which grants are missing.
    throw problems.length > 0 ? failure(problems) : error;
  });
  const foreign = foreignObjects(deliverables, installed);
  const isReplaced = ({ name }: StoredObject) => request.replace?.includes(name) === true;
  problems.push(...foreign.filter(({ object }) => !isReplaced(object)).map(({ problem }) => problem));

  const replaced = foreign.map(({ object }) => object).filter(isReplaced);
  const review = request.signed?.review;
  const found: Found = { server, schema, deliverables, absent, installed, replaced, ...(review && { review }) };
  const plan = planInstall(found, dialect);
  problems.push(...(await runningProblems(connection, dialect, found, plan)));
  if (problems.length > 0) throw failure(problems);
  return { ...found, plan };
}

const failure = (problems: readonly Problem[]): PreflightError => {
  const unique = [...new Map(problems.map((problem) => [problem.what, problem])).values()];
  const count = unique.length === 1 ? 'One thing stands' : `${unique.length} things stand`;
  return new PreflightError(`${count} in the way; nothing was changed.`, unique, {
    next: 'Correct all of them, then run the same command again.',
  });
};

function namespaceOf({ what, namespace }: PreflightRequest): string | undefined {
  // Reviewed files name their namespace in every statement.
  return 'deliverables' in what ? what.deliverables[0]?.namespace : namespace;
}

interface Prepared {
  readonly deliverables: readonly Deliverable[];
  readonly planProblems: readonly Problem[];
  readonly absent: Found['absent'];
}

function deliverablesOf({ what }: PreflightRequest, schema: Schema, dialect: Dialect): Prepared {
  if ('deliverables' in what) {
    const planProblems = what.deliverables.flatMap((one) => requirementProblems(one, schema));
    return { deliverables: what.deliverables, planProblems, absent: [] };
  }
  const { planned, absent, problems } = planAll(what.policies, schema, dialect);
  return {
    deliverables: planned.map(({ plan, choice }) => deliver(plan, dialect, choice.settings)),
    planProblems: problems,
    absent,
  };
}

/** What would be signed now; undefined where this version would not make the files that are to be installed. */
function statementNow(
  { what, signed }: PreflightRequest,
  schema: Schema,
  dialect: Dialect,
  deliverables: readonly Deliverable[],
): Statement | undefined {
  if (what.policies === undefined) return undefined;
  const made = planAll(what.policies, schema, dialect).planned.map(({ plan, choice }) =>
    prepared(plan, dialect, choice.settings),
  );
  if (made.length === 0 || signed === undefined) return undefined;
  const now = statementOf(made, dialect, signed.version);
  return isSame(now.files, checksumsOf(deliverables)) ? now : undefined;
}

/** Replacing a procedure that is running would wait for its end, or pull the table from under it. */
async function runningProblems(
  connection: Connection,
  dialect: Dialect,
  { deliverables, schema: { namespace } }: Found,
  plan: InstallPlan,
): Promise<readonly Problem[]> {
  const changed = new Set(plan.files.map(({ file }) => file));
  const touched = deliverables.filter(({ files }) => files.some(({ file }) => changed.has(file)));
  const procedures = touched.map(({ names }) => names.procedure);
  const [first] = touched;
  if (first === undefined) return [];
  const running = await dialect.catalog.running(connection, procedures, namespace, first.names.lock);
  return running.map((name) => ({
    what: `${name} is running`,
    next: `Wait for its end, or stop it with \`deepclean stop ${name}\`.`,
  }));
}
