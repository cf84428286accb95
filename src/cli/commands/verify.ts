import { exitCodes, PreflightError } from '../../errors.js';
import { verifyInstall } from '../../install/verify-install.js';
import { makePlan } from '../../plan/make-plan.js';
import { policies } from '../../policies/index.js';
import { type Deliverable, deliver } from '../../render/deliverable.js';
import { readGenerated } from '../../render/manifest-folder.js';
import { reportVerification } from '../../report/report-verification.js';
import { readSchema } from '../../schema/inspection.js';
import type { Command } from '../command.js';
import { choiceOf } from '../context.js';
import { exampleUrl } from '../example-urls.js';
import { textFlag, textOption } from '../flags.js';
import { type Session, withSession } from '../session.js';
import { databaseOptions, dialectOption } from '../shared-options.js';

/** Compares what is installed with what was reviewed. */
export const verify: Command = {
  usage: 'verify',
  summary: 'Check that what is installed is what was reviewed; exit 1 unless it is',
  options: {
    ...databaseOptions,
    ...dialectOption,
    backup: textOption('As given when it was installed: deleted-rows or none'),
    from: textOption('Folder with the reviewed files; else what would be installed now'),
  },
  examples: [[`verify --url ${exampleUrl} --from generated`, 'against the reviewed files']],
  run: (flags, output) =>
    withSession(flags, output, async (session) => {
      const folder = textFlag(flags, 'from');
      const deliverables =
        folder === undefined ? await fromLiveSchema(session) : readGenerated(folder, session.dialect);
      const verified = await verifyInstall(session.connection, session.dialect, deliverables);
      output.report(reportVerification(verified));
      return verified.every(({ state }) => state === 'ok') ? exitCodes.ok : exitCodes.different;
    }),
};

async function fromLiveSchema({ connection, dialect, namespace, config }: Session): Promise<readonly Deliverable[]> {
  const schema = await readSchema(connection, dialect, namespace);
  const results = policies.map((policy) => {
    const { choices, settings } = choiceOf(config, policy);
    return { ...makePlan(policy, schema, dialect, choices), settings };
  });
  const problems = results.flatMap((result) => result.problems);
  if (problems.length > 0) throw new PreflightError(`This schema cannot be cleaned: ${schema.source}.`, problems);
  return results.flatMap(({ plan, settings }) => (plan === undefined ? [] : [deliver(plan, dialect, settings)]));
}
