import type { RehearsedCleanup, Sample, SampledTable } from '../rehearsal/types.js';
import { about, bytes as bytesInWords, count, duration, plural } from './format.js';
import type { Cell, Section } from './report.js';

const ways: Readonly<Record<SampledTable['how'], string>> = {
  whole: 'all rows',
  spread: 'spread over its key, and rows that others lead to',
  asked: 'rows that others lead to',
};

/** What was copied of the live database, and what that can show. */
export function reportSample({ source, rowsAsked, tables, empty, secrets, withoutStandIn, cut }: Sample): Section {
  const isPart = tables.some(({ how }) => how !== 'whole');
  const filled = tables.filter(({ rows, liveRows = 1 }) => rows + liveRows > 0);
  return {
    title: 'Sample of the live database',
    lines: [
      `${source}, read in one read-only transaction; nothing was written there`,
      isPart
        ? `Tables with up to ${plural(rowsAsked, 'row')} are here as a whole. Of larger ones some rows are, with what foreign keys and rules lead to.`
        : 'Each table that a cleanup looks at is here as a whole.',
      ...(isPart
        ? [
            'This shows that the procedures delete what their rules say, of such rows. It shows nothing of a row that is not here; and a row that came along is judged by what is here, so it may go here and stay there.',
          ]
        : []),
      ...(filled.length === tables.length
        ? []
        : [`${plural(tables.length - filled.length, 'table')} that cleanups look at: empty there`]),
      ...(empty.length === 0 ? [] : [`${plural(empty.length, 'table')} that no cleanup looks at: without rows`]),
      secrets === 'copied'
        ? warn('Secrets are here as they are there.')
        : 'Whatever may be a secret has a stand-in: the same for the same value, and of its length.',
      ...(withoutStandIn.length === 0
        ? []
        : [warn(`Copied as they are, since their types have no stand-in: ${withoutStandIn.join(', ')}`)]),
      ...cut.map((one) => warn(`Not all rows are here that rules ask about: ${one}`)),
    ],
    table: {
      columns: [
        { title: 'table' },
        { title: 'rows there', right: true },
        { title: 'rows here', right: true },
        { title: 'which' },
      ],
      rows: filled.map(({ table, how, rows, liveRows }) => [
        table,
        liveRows === undefined ? 'unknown' : how === 'whole' ? count(liveRows) : `about ${about(liveRows)}`,
        count(rows),
        ways[how],
      ]),
    },
  };
}

const warn = (text: string): Cell => ({ text, tone: 'warn' });

/** What the runs would be in the live database, and why that is a guess. */
export function reportProjection(cleanups: readonly RehearsedCleanup[]): Section {
  const unknown = [...new Set(cleanups.flatMap(({ projection }) => projection?.unknown ?? []))];
  return {
    title: 'First run in the live database: a guess',
    lines: [
      'Rows and bytes: those of each table here, times its rows there by rows here. Time: rows deleted per second here. Rows there are what the statistics of the server say; the sample may hold more or fewer dead rows than the whole; other hardware, indexes that do not fit into memory, and the product at work make it slower.',
      'The longest batch is the one that was measured here: each run sizes its batches itself, to the same target.',
      ...(unknown.length === 0 ? [] : [warn(`Nobody knows how many rows these have there: ${unknown.join(', ')}`)]),
    ],
    table: {
      columns: [
        { title: 'procedure' },
        { title: 'rows there', right: true },
        { title: 'deleted', right: true },
        { title: 'takes', right: true },
        { title: 'kept', right: true },
      ],
      rows: cleanups.flatMap(({ procedure, projection }) =>
        projection === undefined
          ? []
          : [
              [
                procedure,
                about(projection.liveRows),
                about(projection.deleted),
                projection.ms === undefined ? 'too few rows to tell' : duration(projection.ms),
                bytesInWords(projection.bytesKept),
              ],
            ],
      ),
    },
  };
}
