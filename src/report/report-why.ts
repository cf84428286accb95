import type { Judgement } from '../operate/why/judge.js';
import type { FoundRow, TakenRow, Why } from '../operate/why/why.js';
import type { Plan, PlannedStep } from '../plan/types.js';
import { cutOffInWords } from '../policy/describe.js';
import type { Unmet } from '../policy/moments.js';
import { rulesOf } from '../policy/visit.js';
import { findTable } from '../schema/find.js';
import { moment, plural } from './format.js';
import type { Cell, Report, Section } from './report.js';
import { shownValues, unmetInWords, utcOfMicroseconds } from './why-words.js';

interface ReasonFacts {
  readonly name: string;
  readonly meaning: string;
  readonly holds: boolean;
  readonly missing: readonly string[];
}

/** A row, as a program gets it. */
interface RowFacts {
  readonly cleanup: string;
  readonly installed: boolean;
  readonly switchedOff: string | null;
  readonly table: string;
  readonly foundBy: readonly string[];
  readonly verdict: 'dead' | 'lives';
  readonly reason: string | null;
  readonly meaning: string | null;
  readonly since: string | null;
  /** When it will be dead if nothing changes. */
  readonly dies: { readonly at: string; readonly reason: string } | null;
  readonly values: Readonly<Record<string, string>>;
  /** What is asked for whatever the reason, and does not hold. */
  readonly keptBecause: readonly string[];
  /** Tables of rows that keep it, and that the same run cleans before: once they are gone, it may go in that run. */
  readonly keptByEarlier: readonly string[];
  readonly reasons: readonly ReasonFacts[];
  /** When its rows go with a deleted row of another table. */
  readonly goesWith: readonly { readonly table: string; readonly meaning: string }[];
  readonly now: string | null;
  readonly cutOffs: Readonly<Record<string, string | null>>;
}

interface TakenFacts {
  readonly cleanup: string;
  readonly table: string;
  readonly runId: number;
  readonly rows: number;
  readonly startedAt: string | null;
  readonly keptUntil: string | null;
  readonly thereAgain: boolean;
  readonly restore: string;
}

/** What is known of an identifier, which is never printed. */
export function reportWhy(found: Why): Report {
  const rows = found.rows.map(factsOf);
  const taken = found.taken.map((one) => takenFacts(one, found));
  const isFound = rows.length + taken.length > 0;
  return {
    sections: [
      ...rows.slice(0, mostShown).map(sectionOf),
      ...(rows.length > mostShown
        ? [{ lines: [`${plural(rows.length - mostShown, 'more row')}; --json has all of them`] }]
        : []),
      ...(taken.length > 0 ? [takenSection(taken)] : []),
      ...(isFound ? [] : [{ lines: [{ text: notFound(found), tone: 'warn' as const }] }]),
      ...notLookedAt(found),
    ],
    json: { found: isFound, rows, taken, passedOver: found.passedOver, unread: found.unread },
  };
}

const notFound = ({ passedOver, unread }: Why): string =>
  passedOver.length + unread.length === 0
    ? 'No row with this identifier: neither live nor kept.'
    : 'No row with this identifier where it was looked for: neither live nor kept.';

/** A path may have thousands of entries. */
const mostShown = 20;

function factsOf(found: FoundRow): RowFacts {
  const { cleanup, step, judgements, settings, moment: at } = found;
  const { plan, place } = cleanup;
  const dead = judgements.find(({ reason }) => reason !== undefined);
  const [next] = judgements
    .flatMap(({ dies }) => dies ?? [])
    .sort((one, other) => (one.at < other.at ? -1 : Number(one.at > other.at)));
  const off = judgements.every(({ isOff }) => isOff) ? (step.rule.enabledBy ?? null) : null;
  const diesAt = dead === undefined && next !== undefined ? utcOfMicroseconds(at.now + next.at) : undefined;
  const reasons = judgements.flatMap((judgement) =>
    judgement.reasons.map(({ name, meaning, unmet }) => ({
      name,
      meaning,
      holds: judgement.reason === name || (unmet.length === 0 && !isOfOthers(judgement.step.rule.history, name)),
      missing: unmet.map((one) => unmetInWords(one, asJudged(found, judgement))),
    })),
  );
  return {
    cleanup: place.names.procedure,
    installed: found.isInstalled,
    switchedOff: off ?? (settings.enabled === 'no' ? 'enabled' : null),
    table: step.table.name,
    foundBy: found.foundBy,
    verdict: dead === undefined ? 'lives' : 'dead',
    reason: dead?.reason ?? null,
    meaning: reasons.find(({ name }) => name === dead?.reason)?.meaning ?? null,
    since: (dead?.since !== undefined && utcOfMicroseconds(at.now + dead.since)) || null,
    dies: next !== undefined && diesAt !== undefined ? { at: diesAt, reason: next.reason } : null,
    values: Object.assign({}, ...judgements.map((judgement) => shownValues(asJudged(found, judgement)))),
    keptBecause: judgements.flatMap((judgement) =>
      judgement.guard.map((unmet) => unmetInWords(unmet, asJudged(found, judgement))),
    ),
    keptByEarlier: judgements.flatMap(({ guard, step: of }) => cleanedBefore(guard, of, plan)),
    reasons,
    goesWith: plan.steps.flatMap((parent) =>
      parent.followers
        .filter(({ table }) => table === step.table)
        .map(({ meaning }) => ({ table: parent.table.name, meaning })),
    ),
    now: utcOfMicroseconds(at.now) ?? null,
    cutOffs: Object.fromEntries(
      cutOffsOf(judgements).map((name) => [name, utcOfMicroseconds(at.facts.cutOffs[name] ?? 0n) ?? null]),
    ),
  };
}

/** Each step reads what it needs of a row. */
const asJudged = (found: FoundRow, { step, row }: Judgement): FoundRow => ({ ...found, step, row });

/** Names of the cut-offs that some steps compare with. */
const cutOffsOf = (judgements: readonly Judgement[]): readonly string[] => [
  ...new Set(
    judgements.flatMap(({ step: { rule } }) =>
      rulesOf(rule).flatMap(([part]) => ('cutOff' in part ? [part.cutOff] : [])),
    ),
  ),
];

/** Tables whose rows keep a row, and which an earlier step of the same run cleans. */
function cleanedBefore(guard: readonly Unmet[], step: PlannedStep, { steps, schema }: Plan): readonly string[] {
  const earlier = steps.slice(0, steps.indexOf(step)).map(({ table }) => table);
  return guard.flatMap(({ part }) => {
    const table = part.kind === 'noRow' ? findTable(schema, part.table) : undefined;
    return table !== undefined && earlier.includes(table) ? [table.name] : [];
  });
}

/** The reason of a row that another row ended. */
const isOfOthers = (history: unknown, name: string): boolean => history !== undefined && name === 'superseded';

function sectionOf(row: RowFacts): Section {
  const values = Object.entries(row.values).map(([name, value]) => `${name} ${value}`);
  const cutOffs = Object.entries(row.cutOffs).flatMap(([name, at]) =>
    at === null ? [] : [`${cutOffInWords(name)} is ${inWords(at)}`],
  );
  return {
    title: `A row of ${row.table}, found by ${row.foundBy.join(' and ')}`,
    lines: [
      verdictOf(row),
      ...(row.verdict === 'dead' ? [whatNext(row)] : livesUntil(row)),
      ...row.keptBecause.map((words) => `it is kept, whatever the reason, since this does not hold: ${words}`),
      ...row.keptByEarlier.map((table) => `a run that deletes the row of ${table} looks at this one after it`),
      ...row.goesWith.map(({ table, meaning }) => `it goes with a row of ${table}: ${meaning}`),
      ...(values.length > 0 ? [`its values: ${values.join(', ')}`] : []),
      ...(cutOffs.length > 0
        ? [{ text: `now is ${inWords(row.now)}; ${cutOffs.join('; ')}`, tone: 'quiet' as const }]
        : []),
    ],
    table: {
      columns: [{ title: 'reason' }, { title: 'holds' }, { title: 'because' }],
      rows: row.reasons.map(({ name, meaning, holds, missing }) => [
        name,
        holds ? { text: 'yes', tone: row.verdict === 'dead' ? ('bad' as const) : ('quiet' as const) } : 'no',
        holds || missing.length === 0 ? meaning : `it takes that ${missing.join(', and that ')}`,
      ]),
    },
  };
}

const inWords = (at: string | null): string => `${moment(at ?? '')} UTC`;

function verdictOf({ verdict, reason, meaning, since }: RowFacts): Cell {
  if (verdict === 'lives') return { text: 'lives', tone: 'good' };
  const when = since === null ? '; no time that it holds says since when' : `, since ${inWords(since)}`;
  return { text: `dead: ${reason} (${meaning})${when}`, tone: 'bad' };
}

function whatNext({ cleanup, installed, switchedOff }: RowFacts): string {
  if (!installed) return `${cleanup} is not installed here, so nothing takes it`;
  return switchedOff === null
    ? `the next run of ${cleanup} takes it, unless it changes before`
    : `${cleanup} does not take it as long as its setting ${switchedOff} is no`;
}

function livesUntil({ dies, switchedOff, cleanup, keptBecause }: RowFacts): readonly string[] {
  if (switchedOff !== null) return [`${cleanup} does not clean this as long as its setting ${switchedOff} is no`];
  if (dies !== null) return [`dead from ${inWords(dies.at)} on, unless it changes before: ${dies.reason}`];
  return [
    keptBecause.length > 0 ? 'no time alone makes it dead' : 'no time alone makes it dead: it lives until it changes',
  ];
}

function takenFacts({ cleanup, table, runId, rows, run, retentionDays }: TakenRow, { rows: live }: Why): TakenFacts {
  const began = run?.startedAt;
  const until =
    began === undefined ? undefined : new Date(Date.parse(began) + retentionDays * 86_400_000).toISOString();
  return {
    cleanup: cleanup.place.names.procedure,
    table,
    runId,
    rows,
    startedAt: began ?? null,
    keptUntil: until?.replace(/\.\d+Z$/, 'Z') ?? null,
    thereAgain: live.some(({ step }) => step.table.name === table),
    restore: `deepclean restore ${runId}`,
  };
}

const takenSection = (taken: readonly TakenFacts[]): Section => ({
  title: 'Taken by a run, and kept',
  table: {
    columns: [
      { title: 'run' },
      { title: 'of' },
      { title: 'began, UTC' },
      { title: 'table' },
      { title: 'rows', right: true },
      { title: 'kept until, UTC' },
      { title: 'there again' },
    ],
    rows: taken.map((one) => [
      String(one.runId),
      one.cleanup,
      moment(one.startedAt ?? undefined),
      one.table,
      String(one.rows),
      moment(one.keptUntil ?? undefined),
      one.thereAgain ? 'a row with this identifier' : 'no',
    ]),
  },
  lines: [
    'It can be restored with all that its run deleted; --plan says first what would come back:',
    ...[...new Set(taken.map(({ restore }) => restore))].map((command) => `  ${command} --plan`),
  ],
});

function notLookedAt({ passedOver, unread }: Why): readonly Section[] {
  const columns = passedOver.map(({ table, column }) => `${table}.${column}`).join(', ');
  const lines = [
    ...(passedOver.length === 0
      ? []
      : [`Not looked at, for lack of an index: ${columns}. --scan reads these tables whole.`]),
    ...(unread.length === 0 ? [] : [`Not looked at, since this account may not read it: ${unread.join(', ')}.`]),
  ];
  return lines.length === 0 ? [] : [{ lines: lines.map((text) => ({ text, tone: 'quiet' as const })) }];
}
