import { didYouMean } from '../../config/did-you-mean.js';
import type { Config } from '../../config/schema.js';
import { exitCodes, UsageError } from '../../errors.js';
import { makePlan } from '../../plan/make-plan.js';
import { procedureOf } from '../../plan/names.js';
import { type ReasonInWords, reasonsInWords } from '../../plan/reasons.js';
import { policies } from '../../policies/index.js';
import type { Policy } from '../../policy/types.js';
import { reportReasons } from '../../report/report-reasons.js';
import type { Command } from '../command.js';
import { choiceOf, policiesNamed, prepare } from '../context.js';
import { exampleDialect, exampleUrl } from '../example-urls.js';
import { textFlag, textOption } from '../flags.js';
import { readSchemaSource } from '../schema-source.js';
import { databaseOptions, schemaOptions } from '../shared-options.js';

/** What reasons mean, without any row. */
export const explain: Command = {
  usage: 'explain [reason]',
  summary:
    'Say what a reason means, by which rule, which tables it looks at and which settings decide it, with the values configured; with a schema as the rule stands for it',
  positionals: {
    reason: { type: 'string', describe: 'Name of a reason, as `status` and `backlog` show it; all unless given' },
  },
  options: {
    ...databaseOptions,
    ...schemaOptions,
    cleanup: textOption('Names of procedures or of their policies, with commas between; all unless given'),
  },
  examples: [
    ['explain periods_over', 'one reason'],
    [`explain --cleanup sessions --url ${exampleUrl}`, 'all of a cleanup, for the schema of a live database'],
    [`explain --dialect ${exampleDialect} --profile identity-5.14 --json`, 'all, for a known version and a program'],
  ],
  run: async (flags, output) => {
    const named = textFlag(flags, 'reason');
    const loaded = prepare(flags, output);
    const { config } = loaded;
    const chosen = cleanupsNamed(textFlag(flags, 'cleanup') ?? 'all', config);
    const hasSource = [config.url, config.profile, config.inspection].some((one) => one !== undefined);
    const source = hasSource ? await readSchemaSource(loaded, output) : undefined;
    const all = chosen.flatMap((policy) => {
      const { choices, settings } = choiceOf(config, policy);
      if (source === undefined) return reasonsInWords(policy, settings);
      const { plan } = makePlan(policy, source.schema, source.dialect, choices);
      return plan === undefined ? [] : reasonsInWords(policy, settings, plan);
    });
    output.report(reportReasons(source?.schema.source, named === undefined ? all : reasonsNamed(all, named)));
    return exitCodes.ok;
  },
};

/** By the names of policies, or of procedures as they are configured. @throws UsageError */
function cleanupsNamed(text: string, config: Config): readonly Policy[] {
  const policyOf = (name: string): string =>
    policies.find((policy) => procedureOf(policy, choiceOf(config, policy).choices) === name)?.name ?? name;
  return policiesNamed(
    text
      .split(',')
      .map((name) => policyOf(name.trim().toLowerCase()))
      .join(','),
  );
}

/** @throws UsageError if there is no such reason */
function reasonsNamed(all: readonly ReasonInWords[], name: string): readonly ReasonInWords[] {
  const found = all.filter(({ reason }) => reason === name.toLowerCase());
  if (found.length > 0) return found;
  const known = [...new Set(all.map(({ reason }) => reason))];
  const meant = didYouMean(name, known);
  throw new UsageError(`There is no reason "${name}" here.`, {
    next: meant ? `Did you mean ${meant}?` : `Choose one of ${known.join(', ')}.`,
  });
}
