import type { Fragment } from '../regular-cleaning/fragment.js';
import { type Finding, type FindingKind, isFine } from '../regular-cleaning/judge.js';
import type { ChangePlan, LineChange } from '../regular-cleaning/plan-change.js';
import type { MeasureName, SettingsNow, SwitchNow } from '../regular-cleaning/read-settings.js';
import { measures, type SwitchName, switches } from '../regular-cleaning/settings.js';
import type { Cell, Report, Section, Tone } from './report.js';

/** The settings of a version, for programs; people get the fragment as it is. */
export const reportFragment = ({ file, settings, text }: Fragment): Report => ({
  sections: [],
  json: { file: file.path.replace(/^.*\//, ''), path: file.path, settings, fragment: text },
});

const tones: Readonly<Record<FindingKind, Tone | undefined>> = { fine: 'good', advice: undefined, clash: 'warn' };

/** What the product does by itself, and how that goes together with deep cleaning. */
export function reportSettingsNow(now: SettingsNow, findings: readonly Finding[]): Report {
  const { path, madeFrom } = now.file;
  const note = `The product recreates this file from ${madeFrom} at every start; change that one.`;
  const fine = isFine(findings);
  return {
    sections: [
      {
        title: path,
        ...(madeFrom !== undefined && { lines: [note] }),
        table: {
          columns: [{ title: 'setting' }, { title: 'now' }, { title: 'line', right: true }],
          rows: [...switchRows(now), ...measureRows(now)],
        },
      },
      ...findings.map(findingSection),
      {
        lines: fine
          ? [{ text: 'Nothing here gets in the way of deep cleaning.', tone: 'good' }]
          : [
              { text: 'This clashes with a scheduled cleanup_sessions.', tone: 'bad' },
              'No live row is harmed, but both compete for locks. Where cleanup_sessions is not scheduled, leave it as it is.',
            ],
      },
    ],
    json: {
      file: path,
      madeFrom: madeFrom ?? null,
      ok: fine,
      settings: now.switches,
      measures: now.measures,
      findings,
    },
  };
}

const switchRows = (now: SettingsNow): readonly (readonly string[])[] =>
  (Object.entries(now.switches) as [SwitchName, SwitchNow][])
    // Few releases know it, so it is shown only where somebody has set it.
    .filter(([name, one]) => name !== 'temporaryTask' || one.value !== undefined)
    .map(([name, one]) => [switches[name].title, stateText(one), one.line === undefined ? '' : String(one.line)]);

function stateText({ state, value }: SwitchNow): string {
  if (state === 'varies') return 'not set; the default depends on the release';
  if (state === 'unclear') return `depends on ${value}`;
  if (value === undefined) return `${state}, by default`;
  // Every text but true is false to the product, which may not be what somebody meant.
  return /^(true|false)$/i.test(value) ? state : `${state}, since "${value}" is not true`;
}

const measureRows = (now: SettingsNow): readonly (readonly string[])[] =>
  (Object.keys(measures) as MeasureName[]).flatMap((name) => {
    const found = now.measures[name];
    if (found === undefined) return [];
    const { title, unit } = measures[name];
    const text = unit !== undefined && /^\d+$/.test(found.value) ? `${found.value} ${unit}` : found.value;
    return [[title, text, String(found.line)]];
  });

function findingSection({ kind, what, next }: Finding): Section {
  const tone = tones[kind];
  return {
    lines: [tone === undefined ? what : { text: what, tone }, ...(next === undefined ? [] : [`next: ${next}`])],
  };
}

export interface ChangeFacts {
  readonly plan: ChangePlan;
  /** Where the old file was kept; absent where nothing was written. */
  readonly backup?: string;
  /** The plan was shown before. */
  readonly onlyResult?: boolean;
}

/** What is changed in a file, and what became of it. */
export function reportChange({ plan, backup, onlyResult = false }: ChangeFacts): Report {
  const { file, wanted, isNeeded, changes } = plan;
  return {
    sections: [
      ...(onlyResult ? [] : changeSections(plan)),
      ...(backup === undefined
        ? []
        : [
            {
              lines: [
                { text: `${file.path} is changed; what it was is in ${backup}`, tone: 'good' } as const,
                'Restart the product, on every node that has such a file, to make it count.',
              ],
            },
          ]),
    ],
    json: { file: file.path, wanted, needed: isNeeded, applied: backup !== undefined, backup: backup ?? null, changes },
  };
}

/** What would be changed, line by line. */
export function changeSections({ file, changes, isNeeded }: ChangePlan): readonly Section[] {
  if (!isNeeded) return [{ lines: [`${file.path} says so already: nothing to do`] }];
  return [
    {
      title: `Changes in ${file.path}`,
      lines: changes.flatMap(changeLines),
    },
  ];
}

function changeLines({ line, before, after }: LineChange): readonly Cell[] {
  if (before === undefined) return [{ text: `below line ${line}: + ${after.trim()}`, tone: 'good' }];
  return [
    { text: `line ${line}: - ${before.trim()}`, tone: 'bad' },
    { text: `line ${line}: + ${after.trim()}`, tone: 'good' },
  ];
}
