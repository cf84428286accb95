import type { Connection } from '../dialects/dialect.js';
import { UsageError } from '../errors.js';
import { askHealth, type Health } from '../operate/health.js';
import { holdWhileUnwell } from '../operate/hold-while-unwell.js';
import type { Place } from '../operate/place.js';
import { type Flags, type OptionTable, textFlag, textOption } from './flags.js';
import type { Output } from './output.js';

const everyMs = 5000;

/** Options of a command that holds its run while the servers are unwell. */
export const healthOptions: OptionTable = {
  'health-url': textOption('Ask this URL every 5 s, and let the run rest unless the answer is good: 200 to 299'),
  'health-below': textOption(
    'With --health-url: the answer is a number, or that of Prometheus to a query, and is good if below this',
  ),
};

/** A URL that tells how the servers are. */
export interface AskedHealth {
  /** The URL without what may be a secret. */
  readonly whom: string;
  readonly ask: () => Promise<Health>;
}

/** The URL that the command line names, if it names one. @throws UsageError */
export function healthAsked(flags: Flags): AskedHealth | undefined {
  const url = textFlag(flags, 'health-url');
  const bound = textFlag(flags, 'health-below');
  if (url === undefined) {
    if (bound === undefined) return undefined;
    throw new UsageError('--health-below says nothing without --health-url.', { next: 'Give both.' });
  }
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw new UsageError('--health-url is no URL of http or https.', { next: 'Write it as http://host:port/path.' });
  }
  if (bound !== undefined && !/^-?\d+(\.\d+)?$/.test(bound)) {
    throw new UsageError(`--health-below=${bound} is no number.`, { next: 'Give one, such as 5 or 0.8.' });
  }
  const { origin, pathname } = new URL(url);
  return { whom: `${origin}${pathname}`, ask: () => askHealth(url, bound === undefined ? undefined : Number(bound)) };
}

/** Holds runs of a cleanup while the answer is bad, and says when that changes. Returns what ends the watch. */
export const watchHealth = (
  { whom, ask }: AskedHealth,
  connection: Connection,
  place: Place,
  output: Output,
): Promise<() => Promise<void>> =>
  holdWhileUnwell(connection, place, {
    ask,
    everyMs,
    onChange: ({ isGood, words }) =>
      output.note(`${isGood ? 'The run goes on' : 'The run rests'}: asked ${whom}, ${words}.`),
    onError: (error) => output.fail(error),
  });
