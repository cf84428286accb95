import { readSchema } from '../../dialects/read-schema.js';
import { exitCodes, PreflightError, UsageError } from '../../errors.js';
import { isJwt, type Search, searchFor, searchForSecret } from '../../operate/why/search.js';
import { why as askWhy, type Cleanup } from '../../operate/why/why.js';
import { planAll } from '../../plan/plan-all.js';
import { reportWhy } from '../../report/report-why.js';
import type { Command } from '../command.js';
import { choiceOf } from '../context.js';
import { exampleUrl } from '../example-urls.js';
import { type Flags, isOn, switchOption, textFlag } from '../flags.js';
import type { Output } from '../output.js';
import { readLineFromStdin } from '../read-stdin.js';
import { type Session, withSession } from '../session.js';
import { databaseOptions } from '../shared-options.js';
import { whileCounting } from '../while-counting.js';

/** Why a row is dead or lives, or which run took it. */
export const why: Command = {
  usage: 'why [identifier]',
  summary:
    'Say of a token, code, session or path if its rows live or are dead, for which reason, since or until when, and which run took them; exit code 1 if there is no such row, neither live nor kept',
  positionals: {
    identifier: {
      type: 'string',
      describe: 'A token id, code id, session id or registry path, or the SHA-256 hash of a token or code',
    },
  },
  options: {
    ...databaseOptions,
    'token-from-stdin': switchOption('Read a token or a code itself from stdin; it is neither printed nor logged'),
    scan: switchOption('Look in columns without an index too, which reads whole tables'),
  },
  examples: [
    [`why 2f1c9a10-6b7e-4f0e-9d7a-0c1d5f3e8b21 --url ${exampleUrl}`, 'a token by its id'],
    ['why /_system/governance/apis/1.0 --json', 'the log entries of a path, for a program'],
    ['why --token-from-stdin < token.txt', 'a token, which no other user sees'],
  ],
  run: async (flags, output) => {
    const search = await searchOf(flags, output);
    return withSession(flags, output, async (session) => {
      const { connection } = session;
      const cleanups = await cleanupsOf(session);
      const scans = isOn(flags, 'scan');
      const found = await whileCounting(connection, output, (goOn) =>
        askWhy(connection, cleanups, search, { scans, goOn }),
      );
      output.report(reportWhy(found));
      return found.rows.length + found.taken.length > 0 ? exitCodes.ok : exitCodes.different;
    });
  },
};

/** @throws UsageError if nothing is asked for, or a token stands where other users of the machine see it */
async function searchOf(flags: Flags, output: Output): Promise<Search> {
  const identifier = textFlag(flags, 'identifier');
  const fromStdin = isOn(flags, 'token-from-stdin');
  if (fromStdin === (identifier !== undefined)) {
    throw new UsageError(fromStdin ? 'Both an identifier and stdin are given.' : 'No identifier is given.', {
      next: 'Give an id, a path or a hash, or --token-from-stdin for a token or a code itself.',
    });
  }
  if (identifier !== undefined) {
    if (!isJwt(identifier)) return searchFor(identifier);
    output.hide(identifier);
    throw new UsageError('This is a token, and every user of this machine sees the command line.', {
      next: 'Revoke it if others use this machine, and send a token to stdin: deepclean why --token-from-stdin < file',
    });
  }
  const token = await readLineFromStdin('token');
  output.hide(token);
  return searchForSecret(token);
}

/** What is cleaned in the live schema, installed or not. */
async function cleanupsOf({ config, connection, dialect, namespace, places }: Session): Promise<readonly Cleanup[]> {
  const schema = await readSchema(connection, dialect, namespace);
  const choices = places.map((place) => ({ ...choiceOf(config, place.policy), place }));
  const { planned, problems } = planAll(choices, schema, dialect);
  if (planned.length === 0) throw new PreflightError(`This schema cannot be cleaned: ${schema.source}.`, problems);
  return planned.map(({ plan, choice: { place, settings } }) => ({ plan, place, configured: settings }));
}
