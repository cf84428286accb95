import { writeFileSync } from 'node:fs';
import { readSchema } from '../../dialects/read-schema.js';
import { exitCodes } from '../../errors.js';
import { explain } from '../../plan/explain.js';
import { growthOf } from '../../plan/growth.js';
import { policies } from '../../policies/index.js';
import { reportExplanation } from '../../report/report-explanation.js';
import { reportInspection } from '../../report/report-inspection.js';
import { toInspectionFile } from '../../schema/inspection.js';
import type { Command } from '../command.js';
import { choiceOf, prepare } from '../context.js';
import { exampleDialect, exampleUrl } from '../example-urls.js';
import { type Flags, isOn, switchOption, textFlag, textOption } from '../flags.js';
import type { Output } from '../output.js';
import { readSchemaSource } from '../schema-source.js';
import { withSession } from '../session.js';
import { databaseOptions, schemaOptions } from '../shared-options.js';

/** The facts of a live schema, as a file; or what the cleanups make of them, in words. */
export const inspect: Command = {
  usage: 'inspect',
  summary: 'Read the tables, keys and indexes of a live database into a file; or explain which cleanups apply to them',
  options: {
    ...databaseOptions,
    ...schemaOptions,
    out: textOption('File to write; stdout unless given'),
    explain: switchOption(
      'Say which cleanups apply, which only in part and why, which index would help, and of a live database which tables grew and what to do',
    ),
  },
  examples: [
    [`inspect --url ${exampleUrl} --out schema.json`, 'then: deepclean generate --inspection schema.json'],
    [`inspect --url ${exampleUrl} --explain`, 'what each cleanup would do there, and which tables grew'],
    [`inspect --dialect ${exampleDialect} --profile identity-5.14 --explain`, 'the same for a known version'],
  ],
  run: (flags, output) => (isOn(flags, 'explain') ? explainSchema(flags, output) : writeSchema(flags, output)),
};

async function explainSchema(flags: Flags, output: Output): Promise<number> {
  const loaded = prepare(flags, output);
  const { schema, dialect, sizes } = await readSchemaSource(loaded, output, { sizes: true });
  const explanations = policies.map((policy) =>
    explain(policy, schema, dialect, choiceOf(loaded.config, policy).choices),
  );
  const growth = typeof sizes === 'object' ? growthOf(sizes, explanations) : sizes;
  output.report(reportExplanation(schema, explanations, growth));
  return explanations.some(({ state }) => state === 'refused') ? exitCodes.different : exitCodes.ok;
}

const writeSchema = (flags: Flags, output: Output): Promise<number> =>
  withSession(flags, output, async ({ connection, dialect, namespace }) => {
    const schema = await readSchema(connection, dialect, namespace);
    const text = toInspectionFile(schema);
    const out = textFlag(flags, 'out');
    if (out === undefined) {
      output.raw(text);
      return exitCodes.ok;
    }
    writeFileSync(out, text);
    output.report(reportInspection(schema, out));
    return exitCodes.ok;
  });
