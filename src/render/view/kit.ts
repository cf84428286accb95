import { type KitPart, kitName, kitPackageName, kitParts, kitVersion } from '../../plan/kit.js';
import { backupWords, kitMarkerOf, supportName } from '../../plan/names.js';
import type { ForeignKey, Table } from '../../schema/types.js';
import { settingDefaults } from '../settings.js';
import type { Context } from './context.js';

/** The kit, as SQL names its parts. */
export interface KitView extends Record<KitPart, string> {
  readonly version: number;
  /** The package that holds them, where there are packages, and its plain name. */
  readonly package: string;
  readonly plainPackage: string;
  /** Stands in each routine: whose it is, told without any register. */
  readonly marker: string;
  /** Begins the names of tables that keep an audit, which have not all columns of their sources. */
  readonly auditBeginning: string;
  /** The same names without their namespace. */
  readonly plain: Record<KitPart, string>;
  /** Settings of words that every cleanup has, and what holds if their row is missing. */
  readonly defaults: readonly { readonly name: string; readonly default: string }[];
}

export function viewKit({ plan, dialect, qualify }: Context): KitView {
  const named = (name: (plain: string) => string) =>
    Object.fromEntries(kitParts.map((part) => [part, name(kitName(part, dialect, plan.prefix))])) as Record<
      KitPart,
      string
    >;
  return {
    ...named(qualify),
    marker: kitMarkerOf(plan.names),
    version: kitVersion,
    auditBeginning: supportName(dialect, plan.prefix, backupWords.audit),
    package: qualify(kitPackageName(dialect, plan.prefix)),
    plainPackage: kitPackageName(dialect, plan.prefix),
    plain: named((plain) => plain),
    defaults: Object.entries(settingDefaults(dialect))
      .filter(([, value]) => !/^\d+$/.test(value))
      .map(([name, value]) => ({ name, default: value })),
  };
}

/** What the signed file says of each table that counts, a row value each: see the kit's type of a source. */
export function viewFacts(context: Context): readonly (readonly string[])[] {
  const { literal } = context.dialect.expressions;
  return factsOf(context).map(({ table, backup, columns, keys }) => {
    const head = `(${literal(table)}, ${backup === undefined ? 'NULL' : literal(backup)}, ${columns ?? 'NULL'},`;
    if (keys.length === 0) return [`${head} NULL)`];
    return [
      head,
      ...keys.map((key, at) => `${at === 0 ? ' ARRAY[' : '   '}${literal(key)}${at === keys.length - 1 ? '])' : ','}`),
    ];
  });
}

interface Fact {
  readonly table: string;
  readonly backup: string | undefined;
  /** Undefined: no row is deleted from it. */
  readonly columns: number | undefined;
  readonly keys: readonly string[];
  readonly references: readonly ForeignKey[];
}

function factsOf({ plan }: Context): readonly Fact[] {
  const cleaned = plan.backups.map(({ source }) => source);
  const parents = new Set(cleaned.map(({ name }) => name));
  const keysOf = ({ foreignKeys }: Table) => foreignKeys.filter(({ references }) => parents.has(references));
  const others = plan.schema.tables.filter(
    (table) => !cleaned.includes(table) && (keysOf(table).length > 0 || plan.lookedAt.includes(table)),
  );
  return [...cleaned, ...others].map((table) => {
    const backup = plan.backups.find(({ source }) => source === table);
    return {
      table: table.name,
      backup: plan.backup === 'none' ? undefined : backup?.name,
      columns: backup && table.columns.length,
      keys: [...new Set(keysOf(table).map(inWords))],
      references: keysOf(table),
    };
  });
}

/** The same as arguments of calls: of each table its name, its backup and the number of its columns; then of each key. */
export function viewExpected(context: Context): readonly ExpectedView[] {
  const { literal } = context.dialect.expressions;
  return factsOf(context).map(({ table, backup, columns, keys }) => ({
    arguments: [
      literal(table),
      ...(columns === undefined ? [] : [backup === undefined ? 'NULL' : literal(backup), String(columns)]),
    ],
    keys: keys.map(literal),
  }));
}

export interface ExpectedView {
  readonly arguments: readonly string[];
  readonly keys: readonly string[];
}

/** The same as a literal of JSON, by lines: `["table", "backup table", columns, ["foreign key", …]]` of each. */
export function viewFactsLiteral(context: Context): readonly string[] {
  const facts = factsOf(context).map(({ table, backup, columns, keys }) => {
    const head = [table, backup ?? '', columns ?? 0].map((value) => JSON.stringify(value)).join(', ');
    const texts = keys.map((key) => JSON.stringify(key));
    return texts.length === 0
      ? [`[${head}, []]`]
      : [`[${head}, [`, ...texts.map((text, at) => `  ${text}${at === texts.length - 1 ? ']]' : ','}`)];
  });
  const lines = facts.flatMap((fact, at) =>
    fact.map((line, i) => (i === fact.length - 1 && at < facts.length - 1 ? `${line},` : line)),
  );
  // A literal for each line, which the server puts together: within one it does not count lines for its messages.
  return lines.map((line, at) =>
    context.dialect.expressions.literal(`${at === 0 ? '[' : ''}${line}${at === lines.length - 1 ? ']' : ''}`),
  );
}

/** The same as rows: of each table, and of each column of a foreign key. */
export function viewFactRows(context: Context): readonly (readonly string[])[] {
  const { literal } = context.dialect.expressions;
  return factsOf(context).flatMap(({ table, backup, columns, references }) => [
    [`(${literal(table)}, ${backup === undefined ? 'NULL' : literal(backup)}, ${columns ?? 'NULL'}, NULL)`],
    ...[...new Set(references.flatMap(columnsInWords))].map((words) => [
      `(${literal(table)}, NULL, NULL,`,
      ` ${literal(words)})`,
    ]),
  ]);
}

const columnsInWords = (key: ForeignKey): readonly string[] =>
  key.columns.map((own, at) => {
    const words = inWords({ ...key, columns: [own], referencedColumns: [key.referencedColumns[at] ?? own] });
    return key.columns.length === 1 ? words : `${words}, one of ${key.columns.length}`;
  });

/** A foreign key as the kit reads it out of the catalog. RESTRICT and NO ACTION keep a row alike. */
const inWords = ({ columns, references, referencedColumns, onDelete }: ForeignKey): string =>
  `${columns.join(', ')} -> ${references} (${referencedColumns.join(', ')}) ${onDelete === 'RESTRICT' ? 'NO ACTION' : onDelete}`;
