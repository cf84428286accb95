import { readSchema } from '../../dialects/read-schema.js';
import { exitCodes, PreflightError } from '../../errors.js';
import { verifyInstall } from '../../install/verify-install.js';
import { planAll } from '../../plan/plan-all.js';
import { type Deliverable, deliver } from '../../render/deliverable.js';
import { readGenerated } from '../../render/manifest-folder.js';
import { isVerified, reportVerification } from '../../report/report-verification.js';
import { requireSigned } from '../../review/require-signed.js';
import type { Command } from '../command.js';
import { choiceOf, policiesNamed } from '../context.js';
import { exampleUrl } from '../example-urls.js';
import { textFlag, textOption } from '../flags.js';
import { type Session, withSession } from '../session.js';
import { databaseOptions, dialectOption } from '../shared-options.js';
import { requiresSignature, signatureOptions, signedReview } from '../signed-review.js';

/** Compares what is installed with what was reviewed. */
export const verify: Command = {
  usage: 'verify',
  summary: 'Check that what is installed is what was reviewed, and say who signed it when; exit 1 unless it is',
  options: {
    ...databaseOptions,
    ...dialectOption,
    backup: textOption('As given when it was installed: deleted-rows, audit or none'),
    from: textOption('Folder with the reviewed files; else what would be installed now'),
    policy: textOption('The cleanups that were installed, separated by commas', { default: 'all' }),
    ...signatureOptions,
  },
  examples: [[`verify --url ${exampleUrl} --from generated`, 'against the reviewed files']],
  run: (flags, output) =>
    withSession(flags, output, async (session) => {
      const folder = textFlag(flags, 'from');
      const deliverables =
        folder === undefined
          ? await fromLiveSchema(session, textFlag(flags, 'policy') ?? 'all')
          : readGenerated(folder, session.dialect);
      const review = session.config.review === undefined ? undefined : await signedReview(session.config);
      if (review !== undefined) requireSigned(review, deliverables, undefined);
      const verified = await verifyInstall(session.connection, session.dialect, deliverables);
      const mustBeSigned = requiresSignature(session.config);
      output.report(reportVerification(verified, { mustBeSigned }));
      return isVerified(verified, { mustBeSigned }) ? exitCodes.ok : exitCodes.different;
    }),
};

async function fromLiveSchema(
  { connection, dialect, namespace, config }: Session,
  named: string,
): Promise<readonly Deliverable[]> {
  const schema = await readSchema(connection, dialect, namespace);
  const choices = policiesNamed(named).map((policy) => choiceOf(config, policy));
  const { planned, problems } = planAll(choices, schema, dialect);
  if (problems.length > 0) throw new PreflightError(`This schema cannot be cleaned: ${schema.source}.`, problems);
  return planned.map(({ plan, choice }) => deliver(plan, dialect, choice.settings));
}
