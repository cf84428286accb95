import type { Plan } from '../plan/types.js';
import { sha256 } from '../render/artifact.js';
import type { Deliverable } from '../render/deliverable.js';
import type { Difference } from '../render/manifest-folder.js';
import { absentLine, plural } from './format.js';
import type { Cell, Report, Section } from './report.js';

export interface GeneratedFacts {
  readonly folder: string;
  /** Nothing was written; differences are what writing would change. */
  readonly check: boolean;
  readonly dialect: string;
  readonly schema: string;
  readonly made: readonly { readonly plan: Plan; readonly deliverable: Deliverable }[];
  /** Cleanups that have nothing to do in this schema, and why. */
  readonly absent: readonly { readonly policy: string; readonly why: string }[];
  readonly differences: readonly Difference[];
}

/** Which files were generated, for what, and which of them changed. */
export function reportGenerated(facts: GeneratedFacts): Report {
  const { folder, check, dialect, schema, made, absent, differences } = facts;
  const every = made.flatMap(({ deliverable }) => filesOf(deliverable));
  const files = [...new Map(every.map((one) => [one.file, one])).values()];
  const state = (file: string): string =>
    differences.find((one) => one.file === `${dialect}/${file}`) === undefined ? 'same' : check ? 'differs' : 'written';
  const others = differences.filter(({ file }) => !files.some((one) => `${dialect}/${one.file}` === file));
  return {
    sections: [
      {
        title: `${folder}/${dialect}`,
        lines: [
          `for ${schema}`,
          ...made.flatMap(({ plan }) => leftOutLines(plan)),
          ...(absent.length === 0 ? [] : [absentLine(absent)]),
        ],
        table: {
          columns: [{ title: 'file' }, { title: 'sha256' }, { title: 'state' }],
          rows: files.map(({ file, sum }) => [file, { text: sum.slice(0, 12), tone: 'quiet' }, stateCell(state(file))]),
        },
      },
      conclusion(facts),
    ],
    json: {
      folder,
      dialect,
      schema,
      check,
      files: files.map(({ file, sum }) => ({ file: `${dialect}/${file}`, sha256: sum, state: state(file) })),
      others: others.map(({ file, state: why }) => ({ file, state: why })),
      different: differences.map(({ file, state: why }) => ({ file, state: why })),
      leftOut: made.flatMap(({ plan }) => plan.leftOut.map((one) => ({ policy: plan.policy.name, ...one }))),
      absent,
    },
  };
}

const filesOf = ({ files, verify, uninstall }: Deliverable): readonly { file: string; sum: string }[] =>
  [...files, verify, uninstall].map(({ file, text }) => ({ file, sum: sha256(text) }));

const stateCell = (text: string): Cell => ({
  text,
  tone: text === 'differs' ? 'bad' : text === 'written' ? 'good' : 'quiet',
});

const leftOutLines = ({ policy, leftOut }: Plan): readonly string[] => {
  const reasons = [...new Set(leftOut.map(({ why }) => why))];
  return reasons.map((why) => {
    const tables = leftOut.filter((one) => one.why === why).map(({ table }) => table);
    return `${policy.name} leaves out, since ${why}: ${tables.join(', ')}`;
  });
};

function conclusion({ folder, check, differences }: GeneratedFacts): Section {
  if (!check) {
    return {
      lines: [
        differences.length === 0 ? 'Nothing had to be written.' : `${plural(differences.length, 'file')} written.`,
      ],
    };
  }
  if (differences.length === 0) return { lines: [{ text: `${folder} is as it would be generated.`, tone: 'good' }] };
  return {
    lines: [
      { text: `${plural(differences.length, 'file')} in ${folder} not as generated:`, tone: 'bad' },
      ...differences.map(({ file, state }) => `- ${file}: ${state}`),
    ],
  };
}
