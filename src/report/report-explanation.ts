import type { IndexAdvice } from '../plan/advise.js';
import type { Explanation } from '../plan/explain.js';
import type { TableGrowth } from '../plan/growth.js';
import type { Schema } from '../schema/types.js';
import { count } from './format.js';
import { growthSections } from './growth-sections.js';
import type { Report, Section, Tone } from './report.js';

const tones: Readonly<Record<Explanation['state'], Tone>> = {
  complete: 'good',
  partial: 'warn',
  refused: 'bad',
  'not for this schema': 'quiet',
};

/** What each cleanup would do in a schema, in plain words; and of a live one, which tables grew, or why nobody knows. */
export function reportExplanation(
  schema: Schema,
  explanations: readonly Explanation[],
  growth?: readonly TableGrowth[] | string,
): Report {
  const applies = explanations.filter(({ state }) => state === 'complete' || state === 'partial');
  const advice = [...new Map(applies.flatMap((one) => one.advice.map((index) => [index.statement, index]))).values()];
  return {
    sections: [
      {
        title: schema.source,
        table: {
          columns: [{ title: 'cleanup' }, { title: 'here' }, { title: 'deletes' }],
          rows: explanations.map(({ policy, state, title }) => [policy, { text: state, tone: tones[state] }, title]),
        },
      },
      ...applies.map(sectionOf),
      ...explanations.filter(({ state }) => state === 'refused').map(refusalOf),
      adviceSection(advice),
      ...(typeof growth === 'string' ? [{ title: 'Tables by size', lines: [growth] }] : growthSections(growth ?? [])),
    ],
    json: {
      source: schema.source,
      dialect: schema.dialect,
      cleanups: explanations,
      ...(typeof growth === 'string' ? { whyNoSizes: growth } : growth && { tables: growth }),
    },
  };
}

function sectionOf({ procedure, cleans, leftOut, withoutReason, otherTables }: Explanation): Section {
  const reasons = [...new Set(leftOut.map(({ why }) => why))];
  return {
    title: procedure,
    lines: [
      ...cleans.map(({ table, how, withRowsOf, enabledBy }) =>
        [
          `cleans ${table}, ${how}`,
          ...(withRowsOf.length === 0 ? [] : [`with the rows of ${withRowsOf.join(', ')} that go with it`]),
          ...(enabledBy === undefined ? [] : [`only while setting ${enabledBy} is yes`]),
        ].join(', '),
      ),
      ...otherTables.map(({ words }) => ({ text: `not the product's own: ${words}`, tone: 'warn' as const })),
      ...reasons.map((why) => ({
        text: `leaves out ${leftOut
          .filter((one) => one.why === why)
          .map(({ table }) => table)
          .join(', ')}: ${why}`,
        tone: 'warn' as const,
      })),
      ...withoutReason.map(({ table, why }) => ({ text: `of ${table} ${why}`, tone: 'warn' as const })),
    ],
  };
}

const refusalOf = ({ procedure, why }: Explanation): Section => ({
  title: procedure,
  lines: why.map((text) => ({ text: `is refused: ${text}`, tone: 'bad' as const })),
});

function adviceSection(advice: readonly IndexAdvice[]): Section {
  if (advice.length === 0) return { title: 'Indexes', lines: ['Every look-up of these cleanups has its index.'] };
  return {
    title: 'Indexes that would help (deepclean makes none)',
    lines: advice.flatMap(({ table, helps, entryBytes, statement }) => [
      { text: `${statement};`, tone: 'good' as const },
      `  without it ${helps}`,
      `  it costs about ${count(entryBytes)} MB per million rows, and one more write with each row that the product adds to ${table}`,
    ]),
  };
}
