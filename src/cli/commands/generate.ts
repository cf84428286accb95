import { exitCodes, PreflightError } from '../../errors.js';
import { planAll } from '../../plan/plan-all.js';
import { deliver } from '../../render/deliverable.js';
import { checkGenerated, writeGenerated } from '../../render/manifest-folder.js';
import { reportGenerated } from '../../report/report-generated.js';
import type { Command } from '../command.js';
import { choiceOf, policiesNamed, prepare } from '../context.js';
import { exampleDialect, otherExampleUrl } from '../example-urls.js';
import { isOn, switchOption, textFlag, textOption } from '../flags.js';
import { readSchemaSource } from '../schema-source.js';
import { databaseOptions, schemaOptions } from '../shared-options.js';
import { readVersion } from '../version.js';

/** SQL for review, as files. */
export const generate: Command = {
  usage: 'generate',
  summary: 'Write the SQL for review: support tables, procedures, views, with checksums',
  options: {
    ...schemaOptions,
    policy: textOption('The cleanups to generate, separated by commas', { default: 'all' }),
    out: textOption('Folder to write to', { default: 'generated' }),
    check: switchOption('Write nothing; exit 1 and list the files that are not as they would be generated'),
    ...databaseOptions,
  },
  examples: [
    [`generate --dialect ${exampleDialect} --profile identity-5.14`, 'for a known version of the product'],
    ['generate --inspection schema.json --out review', 'for a database that was inspected elsewhere'],
    [`generate --url ${otherExampleUrl} --set safe_period_minutes=240`, 'for a live database, with other settings'],
  ],
  run: async (flags, output) => {
    const loaded = prepare(flags, output);
    const chosen = policiesNamed(textFlag(flags, 'policy') ?? 'all');
    const { schema, dialect } = await readSchemaSource(loaded, output);
    const choices = chosen.map((policy) => choiceOf(loaded.config, policy));
    const { planned, absent, problems } = planAll(choices, schema, dialect);
    if (problems.length > 0) {
      throw new PreflightError(`Nothing can be generated for ${schema.source}.`, problems);
    }
    const made = planned.map(({ plan, choice }) => ({ plan, deliverable: deliver(plan, dialect, choice.settings) }));
    const folder = textFlag(flags, 'out') ?? 'generated';
    const check = isOn(flags, 'check');
    const generated = { deliverables: made.map(({ deliverable }) => deliverable), version: readVersion() };
    const differences = check ? checkGenerated(folder, dialect, generated) : writeGenerated(folder, dialect, generated);
    output.report(
      reportGenerated({ folder, check, dialect: dialect.name, schema: schema.source, made, absent, differences }),
    );
    return check && differences.length > 0 ? exitCodes.different : exitCodes.ok;
  },
};
