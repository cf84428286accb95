import type { Plan } from '../plan/types.js';
import { sha256 } from '../render/artifact.js';
import type { Deliverable } from '../render/deliverable.js';
import type { Difference } from '../render/manifest-folder.js';
import { plural } from './format.js';
import type { Cell, Report, Section } from './report.js';

export interface GeneratedFacts {
  readonly folder: string;
  /** Nothing was written; differences are what writing would change. */
  readonly check: boolean;
  readonly dialect: string;
  readonly schema: string;
  readonly made: readonly { readonly plan: Plan; readonly deliverable: Deliverable }[];
  readonly differences: readonly Difference[];
}

/** Which files were generated, for what, and which of them changed. */
export function reportGenerated(facts: GeneratedFacts): Report {
  const { folder, check, dialect, schema, made, differences } = facts;
  const files = made.flatMap(({ deliverable }) => filesOf(deliverable));
  const state = (file: string): string =>
    differences.find((one) => one.file === `${dialect}/${file}`) === undefined ? 'same' : check ? 'differs' : 'written';
  const others = differences.filter(({ file }) => !files.some((one) => `${dialect}/${one.file}` === file));
  return {
    sections: [
      {
        title: `${folder}/${dialect}`,
        lines: [`for ${schema}`, ...made.flatMap(({ plan }) => leftOutLine(plan))],
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
      leftOut: made.flatMap(({ plan }) => plan.leftOut),
    },
  };
}

const filesOf = ({ files, verify, uninstall }: Deliverable): readonly { file: string; sum: string }[] =>
  [...files, verify, uninstall].map(({ file, text }) => ({ file, sum: sha256(text) }));

const stateCell = (text: string): Cell => ({
  text,
  tone: text === 'differs' ? 'bad' : text === 'written' ? 'good' : 'quiet',
});

const leftOutLine = ({ leftOut }: Plan): readonly string[] =>
  leftOut.length === 0 ? [] : [`left out, since this schema has no such table: ${leftOut.join(', ')}`];

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
