import type { Dialect } from '../dialects/dialect.js';
import type { Findings } from '../operate/near/findings.js';
import { walkInWords } from '../plan/explain.js';
import { type ReasonInWords, reasonsInWords } from '../plan/reasons.js';
import type { PlannedChild, PlannedStep } from '../plan/types.js';
import { supersededReason } from '../policy/types.js';
import { ruleInSql } from '../render/rule-sql.js';
import { count, plural } from '../report/format.js';
import type { Review } from '../review/folder.js';
import type { EarlierReview } from '../review/last-signed.js';
import { type Change, type Effect, effectInWords } from '../review/meaning.js';
import { type Proofs, readProofs } from '../review/proofs.js';
import type { Solved, SolvedTable } from '../review/solve.js';
import type { Prepared } from '../review/statement.js';
import { type Html, html } from './html.js';
import { bullets, code, details, drawPage, facts, type PageSection, paragraph, table } from './page.js';
import { priceBlocks } from './review-price.js';
import { backlogBlocks, comparedBlocks, rowBlocks, titleOf } from './review-rows.js';

/** All that a page to sign is made of. */
export interface ReviewPageFacts {
  readonly review: Review;
  readonly dialect: Dialect;
  readonly all: readonly Prepared[];
  /** When the page was made, ISO 8601 in UTC. */
  readonly madeAt: string;
  readonly since: EarlierReview | undefined;
  readonly changes: readonly Change[];
  /** What a live database shows, by policy; none where there is no database. */
  readonly findings: ReadonlyMap<string, Findings>;
  /** What the solver says of the change, by policy; undefined if it is not installed. */
  readonly solved: ReadonlyMap<string, readonly SolvedTable[]> | undefined;
  /** Files that differ from what was signed before; the text is missing where the old one is not at hand. */
  readonly diffs: readonly { readonly file: string; readonly text: string | undefined }[];
}

/** The page that is read before a review is signed. */
export function reviewPage(about: ReviewPageFacts): string {
  const { review, dialect, all, madeAt, findings } = about;
  const { statement } = review;
  return drawPage({
    title: `Review of ${all.length === 1 ? all[0]?.plan.names.procedure : `${all.length} cleanups`}`,
    lead: [
      `For ${statement.source}.`,
      `Made by deepclean ${statement.deepclean} at ${madeAt}. No value on this page names a user, a token, a code or a session.`,
    ],
    sections: [
      whatIsSigned(about),
      changed(about),
      ...all.map((one) => cleanupSection(one, dialect, findings.get(one.plan.policy.name))),
      grantsSection(about),
      proofSection(readProofs()),
      filesSection(about),
    ],
    foot: [
      `Review ${review.sha256}. The signature covers this page, review.json, and by the checksums in it every file that gets installed.`,
      `Sign it with: deepclean sign ${review.folder} --key <file>`,
    ],
  });
}

function whatIsSigned({ review, all }: ReviewPageFacts): PageSection {
  const loses = new Set(all.flatMap(({ plan }) => plan.backups.map(({ source }) => source.name)));
  const deletes = all.map(({ plan }) => `${plan.names.procedure} deletes ${plan.policy.title}`);
  return {
    title: 'What is signed',
    blocks: [
      facts([
        { label: 'Review', value: review.sha256.slice(0, 12), note: 'the first digits of the SHA-256 of review.json' },
        { label: 'Cleanups', value: count(all.length) },
        { label: 'Tables that may lose rows', value: count(loses.size) },
        { label: 'Files', value: count(Object.keys(review.statement.files).length), note: 'each by its SHA-256' },
      ]),
      bullets(deletes),
      paragraph(
        'What is not signed: the settings as they are changed later in the database, the schedule, and statements that make room for what is installed, which install-procs shows before it runs them.',
      ),
    ],
  };
}

const tones: Readonly<Record<Effect, 'bad' | 'good' | 'warn' | 'quiet'>> = {
  more: 'bad',
  fewer: 'good',
  unclear: 'warn',
  same: 'quiet',
};

function changed({ since, changes, diffs, review, all, findings, dialect, solved }: ReviewPageFacts): PageSection {
  const title = 'What has changed';
  const last = since?.signatures[0];
  if (since === undefined || last === undefined) {
    return { title, blocks: [paragraph('There is no earlier signed review to compare with. All of it is new.')] };
  }
  const heading = `Compared with review ${since.sha256.slice(0, 12)}, which ${last.name} signed at ${last.at}.`;
  const versions =
    since.statement.deepclean === review.statement.deepclean
      ? []
      : [paragraph(`It was made by deepclean ${since.statement.deepclean}.`)];
  return {
    title,
    blocks: [
      paragraph(heading),
      ...versions,
      changes.length === 0
        ? paragraph({
            text:
              diffs.length === 0 ? 'Nothing has changed.' : 'The rules and settings are the same; the SQL is another.',
            tone: 'good',
          })
        : table('In meaning', {
            columns: [{ title: 'Cleanup' }, { title: 'Effect' }, { title: 'What is different' }],
            rows: changes.map(({ cleanup, effect, words }) => [
              cleanup,
              { text: effectInWords[effect], tone: tones[effect] },
              words,
            ]),
          }),
      ...all.flatMap((one) => comparedBlocks(one, findings.get(one.plan.policy.name), dialect)),
      ...solvedBlocks(solved, changes.length > 0),
      ...diffs.map(({ file, text }) =>
        text === undefined
          ? paragraph(`${file} differs, and the text that was signed is not at hand.`)
          : details(`${file}, line by line`, [code(`Differences in ${file}`, text)]),
      ),
    ],
  };
}

/** What the solver says of rules that have changed, at all values at once. */
function solvedBlocks(solved: ReviewPageFacts['solved'], isChanged: boolean): readonly Html[] {
  if (!isChanged) return [];
  if (solved === undefined) {
    return [
      paragraph('The solver (npm package z3-solver) is not installed here: it would say which kind of row differs.'),
    ];
  }
  return [...solved.values()].flat().flatMap(({ table: name, diesNow, livesNow, atFirstValues }) => {
    const values = atFirstValues ? 'with the values that the settings begin with' : 'whatever the settings are';
    const say = (one: Solved, by: string): readonly Html[] =>
      one === 'none'
        ? [paragraph({ text: `Proven: no row of ${name} is deleted only by ${by} rule, ${values}.`, tone: 'good' })]
        : one === 'not known'
          ? [
              paragraph({
                text: `The solver cannot tell if a row of ${name} is deleted only by ${by} rule.`,
                tone: 'warn',
              }),
            ]
          : [
              paragraph(`Some row of ${name} is deleted only by ${by} rule. An example that the solver made up:`),
              code(`A row of ${name} that only ${by} rule deletes`, one.example),
            ];
    return [...say(diesNow, 'the new'), ...say(livesNow, 'the signed')];
  });
}

function cleanupSection(one: Prepared, dialect: Dialect, findings: Findings | undefined): PageSection {
  const { plan, settings } = one;
  const words = reasonsInWords(plan.policy, settings, plan);
  return {
    title: plan.names.procedure,
    blocks: [
      paragraph(`Deletes ${plan.policy.title}. ${keeping[plan.backup]}`),
      ...backlogBlocks(findings),
      ...priceBlocks(plan, findings),
      ...plan.steps.flatMap((step) => [
        ...stepBlocks(step, words, plan, dialect),
        ...(findings === undefined ? [] : rowBlocks(step, one, findings, dialect)),
      ]),
      ...(plan.leftOut.length === 0
        ? []
        : [bullets(plan.leftOut.map(({ table: name, why }) => `Leaves out ${name}: ${why}`))]),
      ...(plan.otherTables.length === 0
        ? []
        : [
            bullets(plan.otherTables.map((other) => ({ text: `Not the product's own: ${other.words}`, tone: 'warn' }))),
          ]),
      settingsTable(words, plan.names.procedure),
    ],
  };
}

const keeping = {
  'deleted-rows': 'Every deleted row is kept and can be put back.',
  audit: 'Of deleted rows only what is no secret is kept; nothing can be put back.',
  none: 'Deleted rows are not kept.',
} as const;

function stepBlocks(
  step: PlannedStep,
  all: readonly ReasonInWords[],
  plan: Prepared['plan'],
  dialect: Dialect,
): readonly Html[] {
  const name = step.table.name;
  const title = titleOf(step, plan);
  const own = new Set([
    ...step.rule.reasons.map((reason) => reason.name),
    ...(step.rule.history ? [supersededReason.name] : []),
  ]);
  const words = all.filter((one) => one.table === name && own.has(one.reason));
  const sql = ruleInSql(step, plan, dialect);
  const guard = words.find((one) => one.guard !== undefined)?.guard;
  const switchedBy = step.rule.enabledBy;
  return [
    html`<h3>${title}</h3>`,
    paragraph(`Gone through ${walkInWords(step.walk)}.`),
    ...(switchedBy === undefined ? [] : [paragraph(`Only if the setting ${switchedBy} is yes.`)]),
    ...(guard === undefined ? [] : [paragraph(`A row goes only if ${guard}. Besides, one of these must hold:`)]),
    table(`Why a row of ${title} is dead`, {
      columns: [{ title: 'Reason' }, { title: 'In a word' }, { title: 'The rule' }],
      rows: words.map(({ reason, meaning, rule }) => [reason, meaning, rule]),
    }),
    details(`The rule for ${title} as SQL`, [
      code(
        `The rule for ${title} as SQL`,
        [
          '-- t: the row; c: the settings and the cut-offs, as the backlog has them',
          ...(sql.guard === undefined ? [] : ['-- whatever the reason:', ...sql.guard]),
          ...sql.reasons.flatMap((reason) => [`-- ${reason.name}:`, ...reason.lines]),
        ].join('\n'),
      ),
    ]),
    bullets(touched(step, plan.backup !== 'none')),
  ];
}

/** Which tables a step touches, and by which keys. */
function touched({ table: own, children, followers, keptBy, rule, backup }: PlannedStep, keeps: boolean): string[] {
  const key = own.primaryKey.length === 0 ? 'no key' : `its key ${own.primaryKey.join(', ')}`;
  return [
    `${own.name} loses the dead rows, each by ${key}${keeps ? `; ${backup.name} keeps them` : ''}.`,
    ...children.map(
      (child) =>
        `${child.table.name}: rows that refer to a deleted row go with it, by ${pathInWords(child.path)}${child.cascades ? ', as the server does by itself' : ''}.`,
    ),
    ...followers.map(
      ({ table: other, on, meaning }) =>
        `${other.name}: ${meaning}; found by ${on.map(([theirs, ours]) => `${theirs} = ${ours}`).join(' and ')}.`,
    ),
    ...keptBy.map(
      ({ table: other, path }) => `${other.name}: a row that refers to it keeps it, by ${pathInWords(path)}.`,
    ),
    ...(rule.history === undefined
      ? []
      : [
          `Rows with the same ${rule.history.of.join(' and ')} belong together, in the order of ${rule.history.order}.`,
        ]),
  ];
}

const pathInWords = (path: PlannedChild['path']): string =>
  path
    .map(
      ({ table: from, foreignKey }) =>
        `${from.name} (${foreignKey.columns.join(', ')}) to ${foreignKey.references} (${foreignKey.referencedColumns.join(', ')})`,
    )
    .join(', then ');

function settingsTable(words: readonly ReasonInWords[], procedure: string): Html {
  const all = new Map(words.flatMap(({ settings }) => settings.map((setting) => [setting.name, setting] as const)));
  if (all.size === 0) return paragraph('No setting decides which rows are dead.');
  return table(`${procedure}: settings that decide which rows are dead`, {
    columns: [{ title: 'Setting' }, { title: 'First value', right: true }, { title: 'Unit' }, { title: 'What it is' }],
    rows: [...all.values()].map(({ name, value, unit, description }) => [name, value, unit ?? '', description]),
  });
}

function grantsSection({ all }: ReviewPageFacts): PageSection {
  const privileges = new Map<string, Set<string>>();
  for (const { deliverable } of all) {
    for (const { privilege, on } of deliverable.grants) {
      privileges.set(on, (privileges.get(on) ?? new Set()).add(privilege));
    }
  }
  return {
    title: 'Grants',
    blocks: [
      paragraph('The caller of the procedures needs these, and nothing else; deepclean grants writes them for a role.'),
      table('Privileges of the caller', {
        columns: [{ title: 'Table' }, { title: 'Privileges' }],
        rows: [...privileges].map(([on, words]) => [on, [...words].join(', ')]),
      }),
    ],
  };
}

function proofSection({ proven, assumptions, notCovered }: Proofs): PageSection {
  return {
    title: 'What is proven, and on which assumptions',
    blocks: [
      paragraph(
        'A theorem prover (Z3) looked for a live row that a rule would delete, at all values at once, and there is none. `make prove` in the sources of deepclean repeats it.',
      ),
      table('Proven of the rules of this version', {
        columns: [{ title: 'What' }, { title: 'Of' }],
        rows: proven.map(({ what, of }) => [what, of]),
      }),
      html`<ol>
${assumptions.map((words) => html`<li>${words}</li>`)}
</ol>`,
      paragraph(notCovered),
    ],
  };
}

/** The files themselves: what is signed is what can be read here. */
function filesSection({ all, review }: ReviewPageFacts): PageSection {
  const files = new Map(
    all.flatMap(({ deliverable }) => deliverable.files.map(({ file, text }) => [file, text] as const)),
  );
  return {
    title: 'The files that get installed',
    blocks: [
      table('Checksums', {
        columns: [{ title: 'File' }, { title: 'SHA-256' }],
        rows: Object.entries(review.statement.files),
      }),
      ...[...files].map(([file, text]) =>
        details(`${file}, ${plural(text.split('\n').length - 1, 'line')}`, [code(file, text)]),
      ),
    ],
  };
}
