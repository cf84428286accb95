import { writeFileSync } from 'node:fs';
import type { ServerFacts, TableSize } from '../../dialects/dialect.js';
import { exitCodes } from '../../errors.js';
import type { Place } from '../../operate/place.js';
import { type BacklogEntry, readBacklog } from '../../operate/read-backlog.js';
import { type LoggedHistory, readHistory } from '../../operate/read-history.js';
import { installedPlaces, logObjects, requireInstalled } from '../../operate/require-installed.js';
import { readSettings } from '../../operate/settings.js';
import { type CleanupFacts, makeHistory } from '../../report/history.js';
import { reportHistory } from '../../report/report-history.js';
import type { Command } from '../command.js';
import { exampleUrl } from '../example-urls.js';
import { daysFlag, isOn, numberFlag, switchOption, textFlag, textOption } from '../flags.js';
import type { Output } from '../output.js';
import { type Session, withSession } from '../session.js';
import { databaseOptions } from '../shared-options.js';
import { whileCounting } from '../while-counting.js';

const bytesOfGb = 1e9;

/** The run log as a page with pictures, for those who do not read tables. */
export const report: Command = {
  usage: 'report',
  summary:
    'Write a page with charts from the run log: backlog, growth, forecast, reasons, batch times, rests and space',
  options: {
    ...databaseOptions,
    out: textOption('HTML file to write: one file, without scripts, that loads nothing', { default: 'report.html' }),
    since: textOption('How far back, in days', { default: '90d' }),
    'count-backlog': switchOption('Count the rows that are dead now, too; reads whole tables'),
    'disk-free-gb': textOption('What is free on the disk, in GB (1,000,000,000 bytes): says when it would be full'),
  },
  examples: [
    [`report --url ${exampleUrl}`, 'the last 90 days as report.html'],
    ['report --since 365d --disk-free-gb 120 --out year.html', 'a year, and when the disk would be full'],
    ['report --count-backlog --json', 'with what is dead now; the same figures for a program'],
  ],
  run: (flags, output) => {
    const days = daysFlag(flags, 'since') ?? 90;
    const freeGb = numberFlag(flags, 'disk-free-gb');
    const out = textFlag(flags, 'out') ?? 'report.html';
    return withSession(flags, output, async (session) => {
      const { connection, places, dialect } = session;
      const [first] = places;
      if (first === undefined) return exitCodes.ok;
      await requireInstalled(connection, first, [...logObjects, 'runError', 'setting']);
      const server = await dialect.catalog.readServer(connection);
      const log = await readHistory(connection, first, days);
      const installed = await installedPlaces(connection, places);
      const backlogs = isOn(flags, 'count-backlog') ? await countBacklogs(session, installed, output) : {};
      const shown = places.filter(
        (place) => installed.includes(place) || runsOf(log, place.names.procedure).length > 0,
      );
      const cleanups: CleanupFacts[] = [];
      for (const place of shown) cleanups.push(await cleanupFacts(session, place, log, backlogs));
      const history = makeHistory({
        source: sourceOf(server),
        server: `${server.product} ${server.version}`,
        now: log.now,
        days,
        cleanups,
        ...(await readSizes(session, cleanups, shown)),
        ...(freeGb !== undefined && { diskFreeBytes: freeGb * bytesOfGb }),
      });
      // What draws charts is large, and no other command needs it.
      const { drawHistory } = await import('../../pages/history-page.js');
      writeFileSync(out, drawHistory(history));
      output.report(reportHistory(history, out));
      return exitCodes.ok;
    });
  },
};

const sourceOf = ({ database, namespace }: ServerFacts): string =>
  namespace === undefined || namespace === database ? database : `${database}, ${namespace}`;

const runsOf = ({ runs }: LoggedHistory, procedure: string) => runs.filter((run) => run.procedure === procedure);

type Backlogs = Readonly<Record<string, readonly BacklogEntry[]>>;

async function countBacklogs({ connection }: Session, places: readonly Place[], output: Output): Promise<Backlogs> {
  const backlogs: Record<string, readonly BacklogEntry[]> = {};
  for (const place of places) await requireInstalled(connection, place, ['backlog']);
  await whileCounting(connection, output, async (goOn) => {
    for (const place of places) {
      goOn();
      backlogs[place.names.procedure] = await readBacklog(connection, place);
    }
  });
  return backlogs;
}

async function cleanupFacts(
  { connection }: Session,
  place: Place,
  log: LoggedHistory,
  backlogs: Backlogs,
): Promise<CleanupFacts> {
  const { names, policy } = place;
  const settings = await readSettings(connection, place);
  const target = Number(settings.find(({ name }) => name === 'batch_target_ms')?.value ?? Number.NaN);
  const backlog = backlogs[names.procedure];
  return {
    procedure: names.procedure,
    title: policy.title,
    runs: runsOf(log, names.procedure),
    restores: runsOf(log, names.restore),
    ...(backlog !== undefined && { backlog }),
    ...(target > 0 && { batchTargetMs: target }),
  };
}

/** Of the tables that the cleanups are about, and of all that deepclean itself keeps. */
async function readSizes(
  { connection, dialect, namespace, config }: Session,
  cleanups: readonly CleanupFacts[],
  places: readonly Place[],
): Promise<{ readonly sizes: readonly TableSize[]; readonly ownSizes: readonly TableSize[] }> {
  const { catalog } = dialect;
  const cleaned = [
    ...cleanups.flatMap(({ runs }) => runs.flatMap(({ steps }) => steps.map(({ table }) => table))),
    ...places.flatMap(({ policy }) => policy.steps.map(({ table }) => table)),
  ];
  const own = (await catalog.objectsLike(connection, config.prefix, namespace)).filter(({ kind }) => kind === 'table');
  const sizesOf = (names: readonly string[]) => catalog.tableSizes(connection, [...new Set(names)], namespace);
  return { sizes: await sizesOf(cleaned), ownSizes: await sizesOf(own.map(({ name }) => name)) };
}
