import type { Dialect } from '../dialects/dialect.js';
import type { ComparedTable, DifferingRow } from '../operate/near/compare-rules.js';
import type { Findings } from '../operate/near/findings.js';
import type { Judgement } from '../operate/why/judge.js';
import type { FoundRow } from '../operate/why/why.js';
import type { Plan, PlannedStep } from '../plan/types.js';
import type { Row } from '../policy/evaluate.js';
import { count, moment, plural } from '../report/format.js';
import { shownValues, unmetInWords, utcOfMicroseconds } from '../report/why-words.js';
import type { Prepared } from '../review/statement.js';
import type { Html } from './html.js';
import { paragraph, table } from './page.js';

/** How many rows a table of the page shows. */
const rowsShown = 5;

/** The table of a step; if several steps clean it, with the reasons of this one. */
export function titleOf({ table: of, rule }: PlannedStep, { steps }: Pick<Plan, 'steps'>): string {
  const isOnly = steps.filter((step) => step.table === of).length === 1;
  return isOnly ? of.name : `${of.name} (${rule.reasons.map(({ name }) => name).join(', ')})`;
}

/** Rows of a step on both sides of the line. No value that names something is shown: see `shownValues`. */
export function rowBlocks(
  step: PlannedStep,
  prepared: Prepared,
  findings: Findings,
  dialect: Dialect,
): readonly Html[] {
  const name = titleOf(step, prepared.plan);
  const near = findings.near.get(step);
  if (near === undefined) return [paragraph(`No rows are shown: ${name} has no key to name them by.`)];
  if (near.judged === 0) return [paragraph(`${name} has no row at this moment.`)];
  const found = (judgement: Judgement): FoundRow => asFound(judgement.row, judgement.step, prepared, findings, dialect);
  const at = (microseconds: bigint | undefined): string =>
    microseconds === undefined
      ? 'no time says'
      : moment(utcOfMicroseconds(findings.moment.now + microseconds)) || 'beyond all calendars';
  const [dead, live] = [near.dead.slice(0, rowsShown), near.live.slice(0, rowsShown)];
  const judged = `Of ${plural(near.judged, 'row')} that were judged, the oldest and those that pass a cut-off next, ${count(near.dead.length)} would be deleted now and ${count(near.live.length)} live.`;
  return [
    paragraph(judged),
    ...(dead.length === 0
      ? []
      : [
          drawRows(
            `${name}: the longest dead`,
            [{ title: 'Dead since, UTC' }, { title: 'Reason' }],
            dead.map((one) => ({ head: [at(one.since), one.reason ?? ''], values: shownValues(found(one)) })),
          ),
        ]),
    ...(live.length === 0
      ? []
      : [
          drawRows(
            `${name}: live, and nearest to the line`,
            [{ title: 'Dies at, UTC, if nothing changes' }, { title: 'Reason, or what keeps it' }],
            live.map((one) => ({
              head: [
                one.dies === undefined ? 'never' : at(one.dies.at),
                one.dies?.reason ?? keptBecause(one, found(one)),
              ],
              values: shownValues(found(one)),
            })),
          ),
        ]),
  ];
}

/** What a row that no time ends does not fulfil: of its guard, or else of the reason that it is nearest to. */
function keptBecause({ guard, reasons, isOff, step }: Judgement, found: FoundRow): string {
  if (isOff) return `the setting ${step.rule.enabledBy} is not yes`;
  const [nearest] = [...reasons]
    .filter(({ unmet }) => unmet.length > 0)
    .sort((a, b) => a.unmet.length - b.unmet.length);
  const unmet = guard.length > 0 ? guard : (nearest?.unmet ?? []);
  return `not so: ${unmet.map((one) => unmetInWords(one, found)).join('; ')}`;
}

interface DrawnRow {
  readonly head: readonly string[];
  readonly values: Readonly<Record<string, string>>;
}

function drawRows(caption: string, head: readonly { readonly title: string }[], rows: readonly DrawnRow[]): Html {
  const names = [...new Set(rows.flatMap(({ values }) => Object.keys(values)))];
  return table(caption, {
    columns: [...head, ...names.map((title) => ({ title }))],
    rows: rows.map((row) => [...row.head, ...names.map((name) => row.values[name] ?? '')]),
  });
}

const asFound = (
  row: Row,
  step: PlannedStep,
  { plan, settings, deliverable }: Prepared,
  findings: Findings,
  dialect: Dialect,
): FoundRow => {
  const { namespace } = deliverable;
  const place = { dialect, policy: plan.policy, names: plan.names, ...(namespace !== undefined && { namespace }) };
  return {
    cleanup: { place, plan, configured: settings },
    isInstalled: false,
    settings: Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)])),
    moment: findings.moment,
    step,
    row,
    foundBy: [],
    judgements: [],
  };
};

/** What the change of a rule does to the rows of this database. */
export function comparedBlocks(prepared: Prepared, findings: Findings | undefined, dialect: Dialect): readonly Html[] {
  const compared = findings?.compared;
  if (findings === undefined || compared === undefined) return [];
  const { procedure } = prepared.plan.names;
  if (typeof compared === 'string') return [paragraph({ text: `${procedure}: ${compared}`, tone: 'warn' })];
  return [
    table(`${procedure}: the signed rule and the new one, on the data of this database`, {
      columns: [
        { title: 'Table' },
        { title: 'Rows judged by both', right: true },
        { title: 'Differ', right: true },
        { title: 'Lived, die now', right: true },
        { title: 'Died, live now', right: true },
      ],
      rows: compared.map(({ step, judged, isAll, differing }) => [
        step.table.name,
        `${count(judged)}${isAll ? ', all' : ', next to the line'}`,
        { text: count(differing.length), tone: differing.length === 0 ? 'good' : 'bad' },
        count(differing.filter(({ after }) => after !== undefined).length),
        count(differing.filter(({ before }) => before !== undefined).length),
      ]),
    }),
    ...compared.flatMap((one) => differingBlocks(one, prepared, findings, dialect)),
  ];
}

function differingBlocks(
  { step, differing }: ComparedTable,
  prepared: Prepared,
  findings: Findings,
  dialect: Dialect,
): readonly Html[] {
  if (differing.length === 0) return [];
  const row = ({ row: one, before, after }: DifferingRow): DrawnRow => ({
    head: [before ?? 'lives', after ?? 'lives'],
    values: shownValues(asFound(one, step, prepared, findings, dialect)),
  });
  return [
    drawRows(
      `${step.table.name}: rows that differ`,
      [{ title: 'By the signed rule' }, { title: 'By the new rule' }],
      differing.slice(0, rowsShown).map(row),
    ),
  ];
}

/** What a run would delete now, if the cleanup is installed and counts it. */
export function backlogBlocks(findings: Findings | undefined): readonly Html[] {
  const backlog = findings?.backlog;
  if (backlog === undefined) return [];
  const rows = backlog.filter((entry) => entry.rows > 0);
  if (rows.length === 0) return [paragraph('By the rules that are installed no row is dead now.')];
  return [
    table('Dead rows now, by the rules that are installed', {
      columns: [{ title: 'Table' }, { title: 'Reason' }, { title: 'Rows', right: true }, { title: 'Oldest' }],
      rows: rows.map((entry) => [entry.table, entry.reason, count(entry.rows), moment(entry.oldest)]),
    }),
  ];
}
