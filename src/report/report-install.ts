import type { InstallPlan } from '../install/types.js';
import type { VerifiedObject } from '../install/verify-install.js';
import { absentLine, plural } from './format.js';
import type { Report, Section, Tone } from './report.js';
import { reportVerification } from './report-verification.js';

export interface InstallFacts {
  readonly plan: InstallPlan;
  readonly source: string;
  /** Cleanups that have nothing to do in this schema, and why. */
  readonly absent: readonly { readonly policy: string; readonly why: string }[];
  /** What was read back; absent where nothing was applied. */
  readonly verified?: readonly VerifiedObject[];
  /** The plan was shown before. */
  readonly onlyResult?: boolean;
}

/** The plan of an installation, and what became of it. */
export function reportInstall({ plan, source, absent, verified, onlyResult = false }: InstallFacts): Report {
  const verification = verified && reportVerification(verified);
  return {
    sections: [
      ...(onlyResult ? [] : installSections(plan, source, absent)),
      ...(verification === undefined ? [] : verification.sections.slice(-1)),
    ],
    json: {
      source,
      needed: plan.isNeeded,
      applied: verified !== undefined && plan.isNeeded,
      objects: plan.objects.map(({ file, object, state, notes }) => ({
        name: object.name,
        kind: object.kind,
        file,
        state,
        sha256: object.sha256,
        notes,
      })),
      keptOtherwise: plan.keptOtherwise,
      extras: plan.extras.map(({ title }) => title),
      ...(plan.review && { review: plan.review.sha256, signatures: plan.review.signatures }),
      missingSettings: plan.missingSettings,
      otherTables: othersOf(plan),
      lostRuns: plan.lostRuns,
      absent,
      ...(verified && { verified }),
    },
  };
}

const othersOf = ({ deliverables }: InstallPlan): readonly string[] => [
  ...new Set(deliverables.flatMap(({ otherTables }) => otherTables)),
];

const tones: Readonly<Record<string, Tone>> = { new: 'good', changed: 'warn', same: 'quiet' };

/** What would be done. */
export function installSections(plan: InstallPlan, source: string, absent: InstallFacts['absent']): readonly Section[] {
  const sum = (state: string): string => `${plan.objects.filter((one) => one.state === state).length} ${state}`;
  return [
    {
      title: `Plan for ${source}`,
      table: {
        columns: [{ title: 'state' }, { title: 'kind' }, { title: 'object' }, { title: 'file' }, { title: '' }],
        rows: plan.objects.map(({ file, object, state, notes }) => [
          { text: state, tone: tones[state] ?? 'quiet' },
          object.kind,
          object.name,
          { text: file, tone: 'quiet' },
          notes.join('; '),
        ]),
      },
    },
    {
      lines: [
        ...(absent.length === 0 ? [] : [absentLine(absent)]),
        ...othersOf(plan).map((words) => ({ text: `not the product's own: ${words}`, tone: 'warn' as const })),
        ...(plan.review?.signatures.map(({ name, principal, fingerprint, at }) => ({
          text: `signed by ${name} (${principal}, key ${fingerprint}) at ${at}`,
          tone: 'good' as const,
        })) ?? []),
        ...plan.extras.map(({ title }) => `first: ${title}`),
        ...plan.lostRuns.map(
          ({ procedure, runs }) =>
            `${plural(runs, 'run')} of ${procedure}, of which rows are kept, ${runs === 1 ? 'is' : 'are'} entered in the log again`,
        ),
        ...plan.keptOtherwise.map(({ table, rows }) => ({
          text: `${plural(rows, 'row')} in ${table} stay, which another mode of backup kept: no run prunes them any more`,
          tone: 'warn' as const,
        })),
        ...(plan.missingSettings.length === 0 ? [] : [`${plural(plan.missingSettings.length, 'setting')} to add`]),
        `${sum('new')}, ${sum('changed')}, ${sum('same')}${plan.isNeeded ? '' : ': nothing to do'}`,
      ],
    },
  ];
}
