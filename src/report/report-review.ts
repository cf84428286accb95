import { join } from 'node:path';
import type { ComparedTable } from '../operate/near/compare-rules.js';
import { pageFile, type Review } from '../review/folder.js';
import { type Change, effectInWords } from '../review/meaning.js';
import type { Signing } from '../review/signed-text.js';
import { count, plural } from './format.js';
import type { Report } from './report.js';

/** What was signed, by whom, and what to do with it. */
export function reportSignature(
  { folder, statement, sha256 }: Review,
  { signing, file }: { readonly signing: Signing; readonly file: string },
): Report {
  const files = Object.keys(statement.files).length;
  return {
    sections: [
      {
        lines: [
          { text: `signed: review ${sha256.slice(0, 12)} by ${signing.name} at ${signing.at}`, tone: 'good' },
          `${plural(files, 'file')} for ${statement.source}; the signature is in ${join(folder, file)}.sig`,
          `Install it with \`deepclean install-procs --review ${folder} --allowed-signers <file>\`.`,
        ],
      },
    ],
    json: { review: sha256, page: signing.page, name: signing.name, at: signing.at, file: join(folder, file), files },
  };
}

/** What the signed rules and the new ones say of the rows of a table. */
export interface ComparedRows {
  readonly cleanup: string;
  readonly table: string;
  readonly judged: number;
  /** All rows of the table were judged; else those next to the line, and the oldest. */
  readonly isAll: boolean;
  readonly dieNow: number;
  readonly liveNow: number;
}

/** The comparison of a cleanup, by the table. */
export const comparedRows = (cleanup: string, compared: readonly ComparedTable[]): readonly ComparedRows[] =>
  compared.map(({ step, judged, isAll, differing }) => ({
    cleanup,
    table: step.table.name,
    judged,
    isAll,
    dieNow: differing.filter(({ after }) => after !== undefined).length,
    liveNow: differing.filter(({ before }) => before !== undefined).length,
  }));

function rowsInWords({ cleanup, table, judged, isAll, dieNow, liveNow }: ComparedRows): string {
  const rows = `${plural(judged, 'row')} of ${table}${isAll ? '' : ' next to the line'}`;
  const differ = [
    ...(dieNow === 0 ? [] : [`${count(dieNow)} would now be deleted`]),
    ...(liveNow === 0 ? [] : [`${count(liveNow)} would now stay`]),
  ];
  return `  ${cleanup}, on your data: of ${rows} ${differ.length === 0 ? '0 differ' : differ.join(', ')}`;
}

/** What was written to be read and signed. */
export interface ReviewFacts {
  readonly review: Review;
  /** The last signed review that it was compared with. */
  readonly since?: Review & { readonly signatures: readonly { readonly name: string; readonly at: string }[] };
  readonly changes: readonly Change[];
  /** What the change does to the rows of a live database. */
  readonly compared?: readonly ComparedRows[];
  readonly absent: readonly { readonly policy: string; readonly why: string }[];
}

/** Where the page is, and what has changed since somebody last signed. */
export function reportReview({ review, since, changes, compared = [], absent }: ReviewFacts): Report {
  const { folder, statement, sha256 } = review;
  const last = since?.signatures[0];
  const heading =
    since === undefined
      ? 'No signed review was found to compare with.'
      : since.sha256 === sha256
        ? `Nothing has changed since ${last?.name} signed at ${last?.at}.`
        : `Since ${last?.name} signed at ${last?.at}:`;
  return {
    sections: [
      {
        lines: [
          `${join(folder, pageFile)}: ${statement.cleanups.map(({ procedure }) => procedure).join(', ')}`,
          heading,
          ...changes.map(({ cleanup, words, effect }) => `- ${cleanup}: ${words} (${effectInWords[effect]})`),
          ...compared.map(rowsInWords),
          ...(since !== undefined && since.sha256 !== sha256 && changes.length === 0
            ? ['- the rules and settings are the same; the SQL or the version is another']
            : []),
          `Read it, then: deepclean sign ${folder} --key <file>`,
        ],
      },
    ],
    json: {
      folder,
      page: join(folder, pageFile),
      review: sha256,
      since: since === undefined ? null : { review: since.sha256, signatures: since.signatures },
      changes,
      compared,
      absent,
    },
  };
}
