import type { Connection } from '../dialects/dialect.js';
import { UsageError } from '../errors.js';
import { askHealth, type Health } from '../operate/health.js';
import { holdWhileUnwell } from '../operate/hold-while-unwell.js';
import type { Place } from '../operate/place.js';
import { replicaHealth } from '../operate/replica-health.js';
import { type Flags, numberFlag, type OptionTable, textFlag, textFlags, textOption } from './flags.js';
import type { Output } from './output.js';
import type { Session } from './session.js';

const everyMs = 5000;
const usualLagSeconds = 10;

/** Options of a command that holds its run while the servers are unwell. */
export const healthOptions: OptionTable = {
  'health-url': textOption('Ask this URL every 5 s, and let the run rest unless the answer is good: 200 to 299'),
  'health-below': textOption(
    'With --health-url: the answer is a number, or that of Prometheus to a query, and is good if below this',
  ),
  'watch-replica': textOption(
    'Ask this replica every 5 s, by its URL, with the account of the run unless the URL has one, and let the run rest while it is too far behind; may be given several times',
    { array: true },
  ),
  'replica-lag-below': textOption(`With --watch-replica: too far is this many seconds (default ${usualLagSeconds})`),
};

/** Somebody who tells how the servers are. */
export interface AskedHealth {
  /** A URL without what may be a secret. */
  readonly whom: string;
  readonly ask: () => Promise<Health>;
}

/** The URL that the command line names, if it names one. @throws UsageError */
export function healthAsked(flags: Flags): readonly AskedHealth[] {
  const url = textFlag(flags, 'health-url');
  const bound = textFlag(flags, 'health-below');
  if (url === undefined) {
    if (bound === undefined) return [];
    throw new UsageError('--health-below says nothing without --health-url.', { next: 'Give both.' });
  }
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new UsageError('--health-url is no URL of http or https.', { next: 'Write it as http://host:port/path.' });
  }
  if (bound !== undefined && !/^-?\d+(\.\d+)?$/.test(bound)) {
    throw new UsageError(`--health-below=${bound} is no number.`, { next: 'Give one, such as 5 or 0.8.' });
  }
  const { origin, pathname } = new URL(url);
  return [{ whom: `${origin}${pathname}`, ask: () => askHealth(url, bound === undefined ? undefined : Number(bound)) }];
}

/** The replicas that the command line names. @throws UsageError */
export function replicasAsked(flags: Flags, { elsewhere }: Session): readonly AskedHealth[] {
  const urls = textFlags(flags, 'watch-replica');
  const bound = numberFlag(flags, 'replica-lag-below');
  if (urls.length === 0 && bound !== undefined) {
    throw new UsageError('--replica-lag-below says nothing without --watch-replica.', { next: 'Give both.' });
  }
  return urls.map((url) => {
    const { dialect, where, connect } = elsewhere(url);
    if (dialect.catalog.replicaLagSeconds === undefined) {
      throw new UsageError(`A replica of ${dialect.title} is not asked.`, {
        next: 'A run sees its replicas itself, if it may: set replica_lag_maximum_seconds; or use --health-url.',
      });
    }
    return { whom: where, ask: replicaHealth({ dialect, connect }, bound ?? usualLagSeconds) };
  });
}

/** Holds runs of a cleanup while one of the answers is bad, and says when that changes. Returns what ends the watch. */
export const watchHealth = (
  asked: readonly AskedHealth[],
  connection: Connection,
  place: Place,
  output: Output,
): Promise<() => Promise<void>> =>
  holdWhileUnwell(connection, place, {
    ask: () => askAll(asked),
    everyMs,
    onChange: ({ isGood, words }) => output.note(`${isGood ? 'The run goes on' : 'The run rests'}: ${words}.`),
    onError: (error) => output.fail(error),
  });

async function askAll(asked: readonly AskedHealth[]): Promise<Health> {
  const answers = await Promise.all(asked.map(async ({ whom, ask }) => ({ whom, ...(await ask()) })));
  const bad = answers.filter(({ isGood }) => !isGood);
  const told = bad.length > 0 ? bad : answers;
  return { isGood: bad.length === 0, words: told.map(({ whom, words }) => `asked ${whom}, ${words}`).join('; ') };
}
