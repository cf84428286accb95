import { writeFileSync } from 'node:fs';
import type { LoadedConfig } from '../../config/load.js';
import type { ConnectionTarget } from '../../dialects/dialect.js';
import { dialectOfServer } from '../../dialects/registry.js';
import type { ScratchServer } from '../../dialects/scratch.js';
import { exitCodes, UsageError } from '../../errors.js';
import { drawReport } from '../../pages/report-page.js';
import { copyLive, type LiveRequest } from '../../rehearsal/live/copy-live.js';
import { projected } from '../../rehearsal/live/project.js';
import { dumpPrograms, openDump } from '../../rehearsal/open-dump.js';
import { rehearse as playRehearsal, type RehearsalRequest } from '../../rehearsal/rehearse.js';
import { hasHeld, type Sample } from '../../rehearsal/types.js';
import { count, plural } from '../../report/format.js';
import { reportRehearsal } from '../../report/report-rehearsal.js';
import type { Command } from '../command.js';
import { choiceOf, type Database, databaseOf, policiesNamed, prepare } from '../context.js';
import { exampleUrl } from '../example-urls.js';
import { isOn, numberFlag, switchOption, textFlag, textOption } from '../flags.js';
import type { Output } from '../output.js';
import { databaseOptions, foreignTablesOption } from '../shared-options.js';

/** How many rows of a table are copied, if nobody says. */
const sampleRows = 10_000;

/** Plays everything through on a copy. */
export const rehearse: Command = {
  usage: 'rehearse',
  summary:
    'Try everything on a copy: start a server, load a dump or a sample of the live database, install, run every cleanup, compare each row with what its rule says, restore, compare, uninstall; exit code 1 unless all of it held',
  options: {
    dump: textOption(
      `The dump, of ${dumpPrograms.join(', ')}, packed by gzip or not; a server of that kind is started on this machine, and removed afterwards`,
    ),
    'from-live': switchOption(
      'The database that --url names is the live one: its schema and a sample of its rows are read, and nothing is written there; a server of that kind is started on this machine, and removed afterwards',
    ),
    sample: textOption(
      `With --from-live, how many rows of a table are copied, spread over its key, with the rows that they need; a table that has no more is copied whole; ${sampleRows} unless given`,
    ),
    'with-secrets': switchOption(
      'With --from-live, tokens, codes, hashes and whatever else may be a secret are copied as they are; else stand-ins are',
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
    [`rehearse --from-live --url ${exampleUrl} --sample 50000`, 'on a sample of the live database'],
    ['rehearse --dump identity.dump --set session_timeout_minutes=60', 'with the settings that are meant'],
    [`rehearse --copy --url ${exampleUrl}_copy`, 'on a restored copy'],
  ],
  run: async (flags, output) => {
    const dump = textFlag(flags, 'dump');
    const out = textFlag(flags, 'out');
    const loaded = prepare(flags, output);
    const stages = [dump !== undefined, isOn(flags, 'copy'), isOn(flags, 'from-live')].filter(Boolean);
    if (stages.length !== 1) {
      throw new UsageError('Nothing, or too much, says what to rehearse on.', {
        next: 'Give --dump FILE; or --from-live, if the database that --url names is the live one, of which a sample is copied; or --copy, if it is a copy made for this. Never rehearse on the live database itself.',
      });
    }
    const rows = numberFlag(flags, 'sample');
    if (!isOn(flags, 'from-live') && (rows !== undefined || isOn(flags, 'with-secrets'))) {
      throw new UsageError('--sample and --with-secrets say what is copied from a live database.', {
        next: 'Leave them out, or give --from-live.',
      });
    }
    const policies = policiesNamed(textFlag(flags, 'policy') ?? 'all').map((one) => choiceOf(loaded.config, one));
    const play: Play = async ({ sample, ...stage }) => {
      const { config } = loaded;
      const played = await playRehearsal({
        namespace: config.namespace,
        ...stage,
        prefix: config.prefix,
        policies,
        onProgress: progressOn(output),
      });
      const rehearsal = sample === undefined ? played : projected(played, sample);
      const report = reportRehearsal(rehearsal);
      if (out !== undefined) {
        const day = new Date().toISOString().slice(0, 10);
        writeFileSync(
          out,
          drawReport(
            'Rehearsal',
            [`On ${day}, of ${dump ?? (sample === undefined ? 'a copy' : `a sample of ${sample.source}`)}.`],
            report,
          ),
        );
      }
      output.report(report);
      return hasHeld(rehearsal) ? exitCodes.ok : exitCodes.different;
    };
    const programs = textFlag(flags, 'programs');
    if (dump !== undefined) return onDump(dump, programs, output, play);
    if (isOn(flags, 'copy')) return onCopy(loaded, output, play);
    const withSecrets = isOn(flags, 'with-secrets');
    return onSample(loaded, { policies, programs, rows: rows ?? sampleRows, withSecrets }, output, play);
  },
};

const connectTimeoutMs = 10_000;

type Stage = Pick<RehearsalRequest, 'dialect' | 'connect' | 'passedOver' | 'namespace'> & { readonly sample?: Sample };

type Play = (stage: Stage) => Promise<number>;

async function onCopy(loaded: LoadedConfig, output: Output, play: Play): Promise<number> {
  const { dialect, target } = await serverOf(loaded, output);
  return play({ dialect, connect: () => dialect.connect(target), passedOver: [] });
}

async function onDump(file: string, programs: string | undefined, output: Output, play: Play): Promise<number> {
  const { dialect, dump } = await openDump(file);
  const { scratch } = dialect;
  if (scratch === undefined) throw new UsageError(`No server of ${dialect.title} can be started here.`);
  return whileServing(async (keep) => {
    output.note(`Starting ${dialect.title} …`);
    const server = keep(await scratch.start(programs));
    output.note(`Loading ${dump.name} …`);
    const { passedOver } = await scratch.load(server, dump, programs);
    return play({ dialect, connect: () => dialect.connect(targetOf(server)), passedOver });
  });
}

type Wanted = Pick<LiveRequest, 'policies' | 'programs' | 'rows' | 'withSecrets'>;

async function onSample(loaded: LoadedConfig, wanted: Wanted, output: Output, play: Play): Promise<number> {
  const { title, scratch: likely } = databaseOf(loaded, output).dialect;
  if (likely === undefined) {
    throw new UsageError(`No server of ${title} can be started here, so nothing can be copied to one.`, {
      next: 'Restore a copy of the database, and give its URL with --copy.',
    });
  }
  const { dialect, target } = await serverOf(loaded, output);
  const { scratch = likely } = dialect;
  return whileServing(async (keep) => {
    let server: ScratchServer | undefined;
    const start = async (): Promise<ScratchServer> => {
      server = keep(await scratch.start(wanted.programs));
      return server;
    };
    const { sample, namespace, passedOver } = await copyLive({
      ...wanted,
      dialect,
      scratch,
      target,
      namespace: loaded.config.namespace,
      start,
      connectTo: (one) => dialect.connect(targetOf(one)),
      onProgress: (words) => output.note(words),
    });
    const connect = () => dialect.connect(targetOf(server));
    return play({ dialect, connect, passedOver, namespace, sample });
  });
}

/** The database that is named, and the dialect of the server that answers. */
async function serverOf(loaded: LoadedConfig, output: Output): Promise<Database> {
  const { dialect: asked, target } = databaseOf(loaded, output);
  const connection = await asked.connect(target);
  return { target, dialect: await dialectOfServer(connection, asked).finally(() => connection.close()) };
}

const targetOf = (server: ScratchServer | undefined): ConnectionTarget => ({
  url: server?.url ?? '',
  ...(server !== undefined && { password: server.password }),
  connectTimeoutMs,
});

/** The server that is kept, and its data, go with this process, however it ends. */
async function whileServing(
  work: (keep: (server: ScratchServer) => ScratchServer) => Promise<number>,
): Promise<number> {
  let kept: ScratchServer | undefined;
  const leave = (): never => process.exit(exitCodes.interrupted);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, leave);
  try {
    return await work((server) => {
      kept = server;
      return server;
    });
  } finally {
    kept?.end();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, leave);
  }
}

const lineEveryMs = 3000;

/** A line for each thing that is done, and every few seconds how far it is. */
function progressOn(output: Output): RehearsalRequest['onProgress'] {
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
