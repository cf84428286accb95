import type { UninstallPlan } from '../install/types.js';
import { count, plural } from './format.js';
import type { Report, Section } from './report.js';

export interface UninstallFacts {
  readonly plan: UninstallPlan;
  /** Names of jobs that are removed too. */
  readonly schedules: readonly string[];
  readonly applied: boolean;
  /** The plan was shown before. */
  readonly onlyResult?: boolean;
}

/** What an uninstallation removes and keeps. */
export function reportUninstall({ plan, schedules, applied, onlyResult = false }: UninstallFacts): Report {
  return {
    sections: [
      ...(onlyResult ? [] : uninstallSections(plan, schedules)),
      ...(applied
        ? [
            {
              lines: [
                { text: `${plural(plan.drops.length + schedules.length, 'object')} removed`, tone: 'good' } as const,
              ],
            },
          ]
        : []),
    ],
    json: { applied, schedules, drops: plan.drops, kept: plan.kept, backupRows: plan.backupRows },
  };
}

/** What would be removed, and how many kept rows would be lost with it. */
export function uninstallSections(plan: UninstallPlan, schedules: readonly string[]): readonly Section[] {
  if (plan.drops.length + schedules.length === 0)
    return [{ lines: ['Nothing of deepclean is installed here.'] }, ...keptSection(plan)];
  const rowsOf = (name: string): number => plan.backupRows.find(({ table }) => table === name)?.rows ?? 0;
  const lost = plan.backupRows.reduce((sum, { rows }) => sum + rows, 0);
  return [
    {
      title: 'What is removed',
      table: {
        columns: [{ title: 'kind' }, { title: 'object' }, { title: 'kept rows', right: true }],
        rows: [
          ...schedules.map((name) => ['schedule', name, '']),
          ...plan.drops.map(({ kind, name }) => [kind, name, rowsOf(name) === 0 ? '' : count(rowsOf(name))]),
        ],
      },
    },
    ...(lost === 0
      ? []
      : [
          {
            lines: [
              { text: `${plural(lost, 'kept row')} can no longer be restored after this`, tone: 'warn' } as const,
            ],
          },
        ]),
    ...keptSection(plan),
  ];
}

const keptSection = ({ kept }: UninstallPlan): readonly Section[] =>
  kept.length === 0 ? [] : [{ lines: [`kept: ${kept.map(({ name }) => name).join(', ')}`] }];
