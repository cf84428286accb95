import { writeFileSync } from 'node:fs';
import { exitCodes } from '../../errors.js';
import { reportInspection } from '../../report/report-inspection.js';
import { readSchema, toInspectionFile } from '../../schema/inspection.js';
import type { Command } from '../command.js';
import { exampleUrl } from '../example-urls.js';
import { textFlag, textOption } from '../flags.js';
import { withSession } from '../session.js';
import { databaseOptions, dialectOption } from '../shared-options.js';

/** The facts of a live schema, as a file. */
export const inspect: Command = {
  usage: 'inspect',
  summary: 'Read the tables, keys and indexes of a live database, so that SQL can be generated far away from it',
  options: { ...databaseOptions, ...dialectOption, out: textOption('File to write; stdout unless given') },
  examples: [[`inspect --url ${exampleUrl} --out schema.json`, 'then: deepclean generate --inspection schema.json']],
  run: (flags, output) =>
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
    }),
};
