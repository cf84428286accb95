import { exitCodes } from '../../errors.js';
import { applyInstall } from '../../install/apply-install.js';
import { preflight } from '../../install/preflight.js';
import type { PreflightRequest } from '../../install/types.js';
import { policies } from '../../policies/index.js';
import { readGenerated } from '../../render/manifest-folder.js';
import { installSections, reportInstall } from '../../report/report-install.js';
import type { Command } from '../command.js';
import { confirm } from '../confirm.js';
import { choiceOf, policiesNamed } from '../context.js';
import { exampleUrl } from '../example-urls.js';
import { isOn, switchOption, textFlag, textFlags, textOption } from '../flags.js';
import { type Session, withSession } from '../session.js';
import { databaseOptions, dialectOption, foreignTablesOption } from '../shared-options.js';
import { signatureOptions, signedReview } from '../signed-review.js';
import { readVersion } from '../version.js';

/** Installs what is new or changed. */
export const installProcs: Command = {
  usage: 'install-procs',
  summary: 'Install the procedures: check everything first, show the plan, apply what is new or changed, verify',
  options: {
    ...databaseOptions,
    ...dialectOption,
    backup: textOption(
      'deleted-rows: deleted rows are kept and can be restored; audit: without tokens, codes and other secrets, of which SHA-256 is kept, so nothing can be restored; none: they are gone',
    ),
    ...foreignTablesOption,
    ...signatureOptions,
    from: textOption('Folder with the reviewed files; edited ones are refused'),
    policy: textOption(
      'The cleanups to install, separated by commas; those that a schema has no tables for are left out',
      {
        default: 'all',
      },
    ),
    plan: switchOption('Show the plan only'),
    yes: switchOption('Apply without asking'),
    replace: {
      type: 'array',
      string: true,
      requiresArg: true,
      description: 'An object of the same name that is not ours and may be dropped; may be repeated',
    },
  },
  examples: [
    [`install-procs --url ${exampleUrl} --plan`, 'what would be done'],
    [`install-procs --url ${exampleUrl} --from generated --yes`, 'exactly the reviewed files'],
    [
      `install-procs --url ${exampleUrl} --review signed --allowed-signers signers`,
      'only if it is what somebody signed who may',
    ],
  ],
  run: (flags, output) =>
    withSession(flags, output, async (session) => {
      const { connection, dialect, namespace } = session;
      const review = await signedReview(session.config);
      const found = await preflight(connection, dialect, {
        what: whatOf(textFlag(flags, 'from'), textFlag(flags, 'policy') ?? 'all', session),
        namespace,
        allowReadOnly: session.config.settings.allow_read_only === 'yes',
        replace: textFlags(flags, 'replace'),
        signed: review && { review, version: readVersion() },
      });
      const { plan } = found;
      if (isOn(flags, 'plan') || !plan.isNeeded) {
        const verified = plan.isNeeded ? undefined : await applyInstall(connection, dialect, plan);
        output.report(
          reportInstall({ plan, source: found.schema.source, absent: found.absent, ...(verified && { verified }) }),
        );
        return verified === undefined || verified.every(({ state }) => state === 'ok')
          ? exitCodes.ok
          : exitCodes.different;
      }
      // The plan is what is asked about, so it is shown before; with --json it comes in the one document at the end.
      if (!output.json)
        output.report({ sections: installSections(plan, found.schema.source, found.absent), json: null });
      if (!(await confirm('Apply?', isOn(flags, 'yes')))) {
        output.note('Nothing was changed.');
        return exitCodes.different;
      }
      const verified = await applyInstall(connection, dialect, plan);
      output.report(
        reportInstall({
          plan,
          source: found.schema.source,
          absent: found.absent,
          verified,
          onlyResult: !output.json,
        }),
      );
      return verified.every(({ state }) => state === 'ok') ? exitCodes.ok : exitCodes.different;
    }),
};

function whatOf(folder: string | undefined, named: string, { config, dialect }: Session): PreflightRequest['what'] {
  if (folder === undefined) return { policies: policiesNamed(named).map((policy) => choiceOf(config, policy)) };
  const deliverables = readGenerated(folder, dialect);
  const known = deliverables.flatMap(({ policy }) => policies.filter(({ name }) => name === policy));
  return { deliverables, policies: known.map((policy) => choiceOf(config, policy)) };
}
