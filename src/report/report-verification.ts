import type { VerifiedObject } from '../install/verify-install.js';
import { plural } from './format.js';
import type { Report } from './report.js';

/** Whether what is installed is what was reviewed, object by object. */
export function reportVerification(verified: readonly VerifiedObject[]): Report {
  const wrong = verified.filter(({ state }) => state !== 'ok');
  return {
    sections: [
      {
        table: {
          columns: [{ title: 'state' }, { title: 'kind' }, { title: 'object' }],
          rows: verified.map(({ name, kind, state }) => [
            { text: state, tone: state === 'ok' ? 'good' : 'bad' },
            kind,
            name,
          ]),
        },
      },
      {
        lines:
          wrong.length === 0
            ? [{ text: `verified: ${plural(verified.length, 'object')} as reviewed`, tone: 'good' }]
            : [
                { text: `${plural(wrong.length, 'object')} of ${verified.length} not as reviewed:`, tone: 'bad' },
                ...wrong.map(({ name, kind, state }) => `- ${kind} ${name}: ${state}`),
                'Put it right with `deepclean install-procs`.',
              ],
      },
    ],
    json: { ok: wrong.length === 0, objects: verified },
  };
}
