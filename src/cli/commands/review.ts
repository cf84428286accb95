import type { Config } from '../../config/schema.js';
import type { Dialect } from '../../dialects/dialect.js';
import { readSchema } from '../../dialects/read-schema.js';
import { exitCodes, PreflightError, UsageError } from '../../errors.js';
import { type Findings, readFindings } from '../../operate/near/findings.js';
import { reviewPage } from '../../pages/review-page.js';
import { planAll } from '../../plan/plan-all.js';
import type { Plan } from '../../plan/types.js';
import { hasSolver, stopSolver } from '../../policy/solver/solver.js';
import { writeGenerated } from '../../render/manifest-folder.js';
import { comparedRows, reportReview } from '../../report/report-review.js';
import { isSame } from '../../review/canonical.js';
import { newReview, type Review, readReview, verifyReview, writeReview } from '../../review/folder.js';
import { type EarlierReview, keepSigned, lastSigned, signedFile } from '../../review/last-signed.js';
import { diffText } from '../../review/line-diff.js';
import { changesBetween } from '../../review/meaning.js';
import { type SolvedTable, solveDifferences } from '../../review/solve.js';
import { type Prepared, prepared, statementOf } from '../../review/statement.js';
import type { Schema } from '../../schema/types.js';
import type { Command } from '../command.js';
import { choiceOf, policiesNamed, prepare } from '../context.js';
import { exampleDialect, exampleUrl } from '../example-urls.js';
import { type Flags, isOn, switchOption, textFlag, textOption } from '../flags.js';
import type { Output } from '../output.js';
import { chooseSource, readSchemaSource } from '../schema-source.js';
import { type Session, withSession } from '../session.js';
import { databaseOptions, schemaOptions } from '../shared-options.js';
import { readVersion } from '../version.js';

/** One page to read and sign, with everything that it is about. */
export const review: Command = {
  usage: 'review',
  summary:
    'Write one page to read and sign: each rule in words and as SQL, what it touches, what is proven, and what has changed since it was last signed',
  options: {
    ...schemaOptions,
    policy: textOption('The cleanups to review, separated by commas', { default: 'all' }),
    out: textOption('Folder to write to: review.html, review.json, and the SQL', { default: 'review' }),
    since: textOption('Folder of the signed review to compare with; else the one in --out'),
    'rules-only': switchOption('Show no rows: read no table of the product'),
    'allowed-signers': textOption(
      'File of the keys that may sign: only a review that one of them signed is compared with',
    ),
    ...databaseOptions,
  },
  examples: [
    [`review --url ${exampleUrl}`, 'then read review/review.html, and sign it: deepclean sign review --key <file>'],
    [`review --dialect ${exampleDialect} --profile identity-5.14 --out signed`, 'without a database'],
  ],
  run: async (flags, output) => {
    const loaded = prepare(flags, output);
    if (chooseSource(loaded) !== 'url')
      return write(flags, output, loaded.config, await readSchemaSource(loaded, output));
    return withSession(flags, output, async (session) => {
      const schema = await readSchema(session.connection, session.dialect, session.namespace);
      return write(flags, output, loaded.config, { schema, dialect: session.dialect, session });
    });
  },
};

interface Subject {
  readonly schema: Schema;
  readonly dialect: Dialect;
  readonly session?: Session;
}

async function write(
  flags: Flags,
  output: Output,
  config: Config,
  { schema, dialect, session }: Subject,
): Promise<number> {
  const folder = textFlag(flags, 'out') ?? 'review';
  const choices = policiesNamed(textFlag(flags, 'policy') ?? 'all').map((policy) => choiceOf(config, policy));
  const { planned, absent, problems } = planAll(choices, schema, dialect);
  if (problems.length > 0) throw new PreflightError(`Nothing can be reviewed for ${schema.source}.`, problems);
  const all = planned.map(({ plan, choice }) => prepared(plan, dialect, choice.settings));
  const made = newReview(folder, statementOf(all, dialect, readVersion()));
  const since = await earlierReview(flags, folder, config.allowedSigners);
  const changes = since === undefined ? [] : changesBetween(since.statement, made.statement);
  const here = await lastSigned(folder, config.allowedSigners);
  // What was signed stays as it was signed, its page too.
  if (here?.folder === folder && here.sha256 === made.sha256) {
    output.report(reportReview({ review: made, since: here, changes: [], absent }));
    return exitCodes.ok;
  }
  const findings = new Map<string, Findings>();
  if (session !== undefined && !isOn(flags, 'rules-only')) {
    for (const { plan } of all) findings.set(plan.policy.name, await findingsOf(session, plan, made, since));
  }
  const page = reviewPage({
    findings,
    solved: since === undefined ? new Map() : await solve(since, made),
    review: made,
    dialect,
    all,
    madeAt: `${new Date().toISOString().slice(0, 19)}Z`,
    since,
    changes,
    diffs: since === undefined ? [] : diffsBetween(since, made, all),
  });
  if (here?.folder === folder) keepSigned(here);
  writeGenerated(folder, dialect, { deliverables: all.map(({ deliverable }) => deliverable), version: readVersion() });
  writeReview(made, page);
  const compared = [...findings].flatMap(([cleanup, found]) =>
    Array.isArray(found.compared) ? comparedRows(cleanup, found.compared) : [],
  );
  output.report(reportReview({ review: made, ...(since && { since }), changes, compared, absent }));
  return exitCodes.ok;
}

/** What the database shows about a cleanup. */
async function findingsOf(
  { connection, places }: Session,
  plan: Plan,
  made: Review,
  since: EarlierReview | undefined,
): Promise<Findings> {
  const { name } = plan.policy;
  const place = places.find(({ policy }) => policy.name === name);
  const [now, old] = [made, since].map((one) => one?.statement.cleanups.find(({ rules }) => rules.name === name));
  if (place === undefined || now === undefined) throw new Error(`no place for ${name}`);
  return readFindings(connection, place, plan, now, old !== undefined && !isSame(now, old) ? old : undefined);
}

/** What the solver says of each cleanup that was signed otherwise; undefined if it is not installed. */
async function solve(since: EarlierReview, made: Review): Promise<Map<string, readonly SolvedTable[]> | undefined> {
  if (!(await hasSolver())) return undefined;
  const solved = new Map<string, readonly SolvedTable[]>();
  try {
    for (const now of made.statement.cleanups) {
      const old = since.statement.cleanups.find(({ rules }) => rules.name === now.rules.name);
      if (old !== undefined) solved.set(now.rules.name, await solveDifferences(old, now));
    }
  } finally {
    await stopSolver();
  }
  return solved;
}

/** @throws UsageError, SignatureError where a review is named that cannot be compared with */
async function earlierReview(
  flags: Flags,
  folder: string,
  allowedSigners: string | undefined,
): Promise<EarlierReview | undefined> {
  const named = textFlag(flags, 'since');
  if (named === undefined) return lastSigned(folder, allowedSigners);
  if (allowedSigners !== undefined) return verifyReview(named, allowedSigners);
  readReview(named);
  const found = await lastSigned(named, undefined);
  if (found !== undefined) return found;
  throw new UsageError(`The review in ${named} is not signed.`, { next: 'Name a folder with a signed one.' });
}

/** Files that are not what was signed, each with the lines that differ. */
function diffsBetween(since: EarlierReview, now: Review, all: readonly Prepared[]) {
  const texts = new Map(
    all.flatMap(({ deliverable }) => deliverable.files.map(({ file, text }) => [file, text] as const)),
  );
  const before = since.statement.files;
  return Object.keys({ ...before, ...now.statement.files })
    .sort()
    .filter((file) => before[file] !== now.statement.files[file])
    .map((file) => {
      const old = before[file] === undefined ? '' : signedFile(since, file);
      return { file, text: old === undefined ? undefined : diffText(old, texts.get(file) ?? '') };
    });
}
