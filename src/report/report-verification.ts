import type { VerifiedObject } from '../install/verify-install.js';
import { plural } from './format.js';
import type { Cell, Report } from './report.js';

/** Whether unsigned objects count as wrong. */
interface Strictness {
  readonly mustBeSigned?: boolean;
}

/** Whether everything is as it should be. */
export const isVerified = (verified: readonly VerifiedObject[], { mustBeSigned = false }: Strictness = {}): boolean =>
  verified.every(({ state, signatures }) => state === 'ok' && (!mustBeSigned || signatures !== undefined));

/** Whether what is installed is what was reviewed, object by object, and who signed it. */
export function reportVerification(verified: readonly VerifiedObject[], strictness: Strictness = {}): Report {
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
        lines: [
          ...(wrong.length === 0
            ? [{ text: `verified: ${plural(verified.length, 'object')} as reviewed`, tone: 'good' as const }]
            : [
                {
                  text: `${plural(wrong.length, 'object')} of ${verified.length} not as reviewed:`,
                  tone: 'bad' as const,
                },
                ...wrong.map(({ name, kind, state }) => `- ${kind} ${name}: ${state}`),
                'Put it right with `deepclean install-procs`.',
              ]),
          ...signatureLines(verified, strictness),
        ],
      },
    ],
    json: { ok: isVerified(verified, strictness), objects: verified },
  };
}

/** Who signed what when, by the database; nothing where no signature is known and none is asked for. */
function signatureLines(
  verified: readonly VerifiedObject[],
  { mustBeSigned = false }: Strictness,
): readonly (string | Cell)[] {
  const signings = new Map<string, { readonly words: string; objects: number }>();
  for (const { signatures = [] } of verified) {
    for (const { name, principal, fingerprint, at, reviewSha256 } of signatures) {
      const words = `by ${name} (${principal}, key ${fingerprint}) at ${at}, as review ${reviewSha256.slice(0, 12)}`;
      const known = signings.get(words) ?? { words, objects: 0 };
      signings.set(words, { words, objects: known.objects + 1 });
    }
  }
  const unsigned = verified.filter(({ signatures }) => signatures === undefined);
  if (signings.size === 0 && !mustBeSigned) return [];
  return [
    ...[...signings.values()].map(({ words, objects }) => `signed: ${plural(objects, 'object')} ${words}`),
    ...(unsigned.length === 0
      ? []
      : [
          {
            text: `${plural(unsigned.length, 'object')} signed by nobody:`,
            tone: mustBeSigned ? 'bad' : 'warn',
          } as const,
          ...unsigned.map(({ name, kind }) => `- ${kind} ${name}`),
        ]),
  ];
}
