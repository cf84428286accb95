import type { ReasonInWords } from '../plan/reasons.js';
import type { Report, Section } from './report.js';

/** Reasons in words, by the tables whose rows are dead by them. */
export const reportReasons = (source: string | undefined, reasons: readonly ReasonInWords[]): Report => ({
  sections: reasons.map(sectionOf),
  json: { source: source ?? null, reasons },
});

const sectionOf = ({
  cleanup,
  table,
  reason,
  meaning,
  rule,
  guard,
  looksAt,
  cutOffs,
  settings,
}: ReasonInWords): Section => ({
  title: `${reason}: rows of ${table} (${cleanup})`,
  lines: [
    meaning,
    `the rule: ${rule}`,
    ...(guard === undefined ? [] : [`and whatever the reason: ${guard}`]),
    ...(looksAt.length === 0 ? [] : [`it looks at ${looksAt.join(', ')}`]),
    ...cutOffs.map(({ name, meaning: is }) => `${name}: ${is}`),
    ...settings.map(({ name, value, unit, description }) => ({
      text: `setting ${name} = ${value}${unit === undefined ? '' : ` ${unit}`}: ${description}`,
      tone: 'quiet' as const,
    })),
  ],
});
