import type { Report, Tone } from './report.js';

export type StopState = 'not running' | 'requested' | 'ended' | 'still running';

const words: Readonly<Record<StopState, readonly [Tone, string]>> = {
  'not running': ['quiet', 'is not running, so there is nothing to stop'],
  requested: ['good', 'stops after its current batch'],
  ended: ['good', 'has ended'],
  'still running': ['warn', 'was asked to stop but still runs; it stops after its current batch'],
};

/** What became of a request to stop. */
export function reportStop(procedure: string, state: StopState): Report {
  const [tone, text] = words[state];
  return { sections: [{ lines: [{ text: `${procedure} ${text}.`, tone }] }], json: { procedure, state } };
}
