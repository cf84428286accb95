import { writeFileSync } from 'node:fs';
import type { LoadedConfig } from '../../config/load.js';
import { dialectOfServer } from '../../dialects/registry.js';
import type { ScratchServer } from '../../dialects/scratch.js';
import { exitCodes, UsageError } from '../../errors.js';
import { drawReport } from '../../pages/report-page.js';
import { dumpPrograms, openDump } from '../../rehearsal/open-dump.js';
import { rehearse as playRehearsal } from '../../rehearsal/rehearse.js';
import { hasHeld } from '../../rehearsal/types.js';
import { count, plural } from '../../report/format.js';
import { reportRehearsal } from '../../report/report-rehearsal.js';
import type { Command } from '../command.js';
import { choiceOf, databaseOf, policiesNamed, prepare } from '../context.js';
import { exampleUrl } from '../example-urls.js';
import { isOn, switchOption, textFlag, textOption } from '../flags.js';
import type { Output } from '../output.js';
import { databaseOptions, foreignTablesOption } from '../shared-options.js';

/** Plays everything through on a copy. */
export const rehearse: Command = {
  usage: 'rehearse',
  summary:
    'Try everything on a copy: start a server, load a dump, install, run every cleanup, compare each row with what its rule says, restore, compare, uninstall; exit code 1 unless all of it held',
  options: {
    dump: textOption(
      `The dump, of ${dumpPrograms.join(', ')}, packed by gzip or not; a server of that kind is started on this machine, and removed afterwards`,
    ),
    programs: textOption("Folder with that server's programs, if they are not where the system has them"),
    copy: switchOption(
      'The database that --url names is a copy made for this; what is in it is changed, and put back if all goes well',
    ),
    ...databaseOptions,
    ...foreignTablesOption,
    policy: textOption('The cleanups to rehearse, separated by commas', { default: 'all' }),
    out: textOption('HTML file to write the report into, too: one file, without scripts'),
  },
  examples: [
    ['rehearse --dump identity.sql.gz --out rehearsal.html', 'the dump of last night, on a server of its own'],
    ['rehearse --dump identity.dump --set session_timeout_minutes=60', 'with the settings that are meant'],
    [`rehearse --copy --url ${exampleUrl}_copy`, 'on a restored copy'],
  ],
  run: async (flags, output) => {
    const dump = textFlag(flags, 'dump');
    const out = textFlag(flags, 'out');
    const loaded = prepare(flags, output);
    if ((dump === undefined) !== isOn(flags, 'copy')) {
      throw new UsageError('Nothing, or too much, says what to rehearse on.', {
        next: 'Give --dump FILE; or, if the database that --url names is a copy made for this, --copy. Never rehearse on the live database.',
      });
    }
    const policies = policiesNamed(textFlag(flags, 'policy') ?? 'all').map((one) => choiceOf(loaded.config, one));
    const play = async (stage: Pick<Parameters<typeof playRehearsal>[0], 'dialect' | 'connect' | 'passedOver'>) => {
      const { config } = loaded;
      const rehearsal = await playRehearsal({
        ...stage,
        namespace: config.namespace,
        prefix: config.prefix,
        policies,
        onProgress: progressOn(output),
      });
      const report = reportRehearsal(rehearsal);
      if (out !== undefined) {
        const day = new Date().toISOString().slice(0, 10);
        writeFileSync(out, drawReport('Rehearsal', [`On ${day}, of ${dump ?? 'a copy'}.`], report));
      }
      output.report(report);
      return hasHeld(rehearsal) ? exitCodes.ok : exitCodes.different;
    };
    return dump === undefined ? onCopy(loaded, output, play) : onDump(dump, textFlag(flags, 'programs'), output, play);
  },
};

const connectTimeoutMs = 10_000;

type Play = (stage: Pick<Parameters<typeof playRehearsal>[0], 'dialect' | 'connect' | 'passedOver'>) => Promise<number>;

async function onCopy(loaded: LoadedConfig, output: Output, play: Play): Promise<number> {
  const { dialect: asked, target } = databaseOf(loaded, output);
  const connect = () => asked.connect(target);
  const connection = await connect();
  const dialect = await dialectOfServer(connection, asked).finally(() => connection.close());
  return play({ dialect, connect, passedOver: [] });
}

async function onDump(file: string, programs: string | undefined, output: Output, play: Play): Promise<number> {
  const { dialect, dump } = await openDump(file);
  const { scratch } = dialect;
  if (scratch === undefined) throw new UsageError(`No server of ${dialect.title} can be started here.`);
  let server: ScratchServer | undefined;
  // The server and its data go with this process, however it ends.
  const leave = (): never => process.exit(exitCodes.interrupted);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, leave);
  try {
    output.note(`Starting ${dialect.title} …`);
    server = await scratch.start(programs);
    const target = { url: server.url, password: server.password, connectTimeoutMs };
    output.note(`Loading ${dump.name} …`);
    const { passedOver } = await scratch.load(server, dump, programs);
    return await play({ dialect, connect: () => dialect.connect(target), passedOver });
  } finally {
    server?.end();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, leave);
  }
}

const lineEveryMs = 3000;

/** A line for each thing that is done, and every few seconds how far it is. */
function progressOn(output: Output): Parameters<typeof playRehearsal>[0]['onProgress'] {
  let last = '';
  let lastAt = 0;
  return ({ words, steps }) => {
    const kind = words.replace(/\d+/g, '');
    if (kind === last && Date.now() - lastAt < lineEveryMs) return;
    [last, lastAt] = [kind, Date.now()];
    const deleted = steps?.reduce((sum, step) => sum + step.deleted, 0);
    const longest = steps && Math.max(0, ...steps.map(({ longestBatchMs }) => longestBatchMs));
    output.note(
      deleted === undefined
        ? words
        : `${words} ${plural(deleted, 'row')} deleted, longest batch ${count(longest ?? 0)} ms`,
    );
  };
}
