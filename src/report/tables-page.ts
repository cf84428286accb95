import { describeRule } from '../policy/describe.js';
import type { Policy, Step } from '../policy/types.js';
import { type Growth, otherCleaning, type TableVerdict, tableVerdicts } from '../schema/known-tables.js';

/** The version of the product in which a table was first seen, or nothing. */
export type FirstSeen = (table: string) => string | undefined;

/** Tables that go with rows of others, by the cleanup that takes them along. */
export function followingTables(policies: readonly Policy[]): ReadonlyMap<string, readonly string[]> {
  const own = new Set(policies.flatMap(({ steps }) => steps.map(({ table }) => table)));
  const pairs = policies.flatMap(({ steps }) =>
    steps.flatMap(({ table, children = [], followers = [] }) =>
      [...children, ...followers.map((follower) => follower.table)].map((with_) => [with_, table] as const),
    ),
  );
  const names = [...new Set(pairs.map(([table]) => table))].filter((table) => !own.has(table)).sort();
  return new Map(
    names.map((name) => [name, [...new Set(pairs.filter(([table]) => table === name).map(([, of]) => of))]]),
  );
}

/** In none of the profiles: a newer table, or one that they leave out since nothing cleans it. */
const nowhere = '–';

const code = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');
const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const table = (heads: readonly string[], rows: readonly string[]): readonly string[] => [
  row(...heads),
  `|${heads.map(() => '---|').join('')}`,
  ...rows,
];

/** When a row is dead, in the words of the policy; also as one that follows rows of another table. */
function deathOf({ table: name, reasons, guard, enabledBy }: Step, policy: Policy): string {
  const follows = policy.steps.flatMap(({ followers = [] }) =>
    followers.flatMap((one) => (one.table === name ? `${one.meaning}; or ` : [])),
  );
  const only = guard === undefined ? '' : `; and only if ${describeRule(guard, name)}`;
  const asked = enabledBy === undefined ? '' : `opt-in \`${enabledBy}\`: `;
  return `${follows.join('')}${asked}${reasons.map(({ meaning }) => meaning).join('; or ')}${only}`;
}

function cleaned(policies: readonly Policy[], firstSeen: FirstSeen): readonly string[] {
  const rows = policies.flatMap((policy) =>
    policy.steps.map((step) => {
      const other = otherCleaning.find(({ tables }) => tables.includes(step.table));
      const product = other?.product ?? 'not read';
      const source = other?.readIn === undefined ? '' : ` (${other.readIn})`;
      return row(
        code([step.table]),
        firstSeen(step.table) ?? nowhere,
        `\`cleanup_${policy.name}\``,
        deathOf(step, policy),
        `${product}${source}`,
        other?.vendor ?? 'none known',
      );
    }),
  );
  return table(
    ['table', 'first seen in', 'deepclean', 'deletes a row if', 'the product itself', "the vendor's script"],
    rows,
  );
}

const chapters: readonly (readonly [growth: Growth, title: string, text: string])[] = [
  ['cleaned by the product', 'Cleaned by the product itself', 'deepclean leaves these alone.'],
  ['kept', 'They grow, and no row is known to be of no use', 'Evidence, or still in use. No rule could be proven.'],
  [
    'not proven',
    'They grow by what nobody picks up',
    'A rule may exist; until its end of life is proven, deepclean leaves them alone.',
  ],
  ['bounded', 'They grow with what people set up', 'Nothing has to be cleaned.'],
  ['not read', 'Not read', 'Nobody has looked what the product does with these.'],
];

const verdictRow = ({ tables, verdict, readIn }: TableVerdict, firstSeen: FirstSeen): string => {
  const seen = [...new Set(tables.map((name) => firstSeen(name) ?? nowhere))].join(', ');
  return row(code(tables), seen, verdict, readIn ?? 'not the code');
};

/** docs/tables.md: every table that is known, and what becomes of its rows. */
export function tablesPage(policies: readonly Policy[], firstSeen: FirstSeen): string {
  const following = [...followingTables(policies)].map(([name, of]) =>
    row(code([name]), firstSeen(name) ?? nowhere, code(of)),
  );
  return `${[
    '<!-- Made by `make generate` from src/policies and src/schema/known-tables.ts. -->',
    '# Tables that grow, and who cleans them',
    '',
    'Every table of API Manager and Identity Server of which something is known: who deletes its rows, by which rule, and',
    'since when. A table that is not here is not known, and deepclean does not touch it.',
    '',
    '- "First seen in" is the oldest of the schemas that deepclean has facts of; API Manager 3.0 brings the identity tables of',
    '  Identity Server 5.9. A dash: the table is in none of them, since it is newer or since nothing had to clean it.',
    "- A vendor's script is named by its folder in `dbscripts/stored-procedures`.",
    '- If a sentence rests on the product\'s code, the class is named. "Not the code" and "not read" mean that nobody read it',
    '  for this page: what the sentence says comes from documentation, public issues, or the columns and keys themselves.',
    '',
    '## Cleaned by deepclean',
    '',
    'A rule compares with a cut-off; `docs/dba.md` says what each cut-off is and which settings move it.',
    '',
    ...cleaned(policies, firstSeen),
    '',
    '## Cleaned with the rows that they belong to',
    '',
    ...table(['table', 'first seen in', 'its rows go with rows of'], following),
    ...chapters.flatMap(([growth, title, text]) => [
      '',
      `## ${title}`,
      '',
      text,
      '',
      ...table(
        ['table', 'first seen in', 'what is known', 'read in'],
        tableVerdicts.filter((one) => one.growth === growth).map((one) => verdictRow(one, firstSeen)),
      ),
    ]),
  ].join('\n')}\n`;
}
