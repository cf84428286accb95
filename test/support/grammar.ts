import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { importer } from '@dbml/core';
import { loadProfile } from '../../src/dialects/profiles.js';
import { findDialect } from '../../src/dialects/registry.js';
import { makePlan } from '../../src/plan/make-plan.js';
import { selectionOf } from '../../src/plan/selection.js';
import type { BackupMode, Plan } from '../../src/plan/types.js';
import { sessions } from '../../src/policies/sessions.js';
import { tokens } from '../../src/policies/tokens.js';
import type { Policy } from '../../src/policy/types.js';
import { statementsOf } from '../../src/render/artifact.js';
import { moveStatement } from '../../src/render/move-rows.js';
import { renderPlan } from '../../src/render/render-plan.js';
import { restorePreview } from '../../src/render/restore-preview.js';
import { selectedRows } from '../../src/render/selected-rows.js';
import { parseSchedule } from '../../src/schedule/model.js';
import { renderSchedule } from '../../src/schedule/render-schedule.js';

/**
 * For servers that cannot be had everywhere: at least a public grammar of their language reads every statement. It knows
 * syntax, and nothing of names and types. It takes up to a minute for one procedure, so "make grammar" notes in a
 * ledger what it has read, and the tests read only what is new.
 */
export const grammars = ['mssql', 'oracle'] as const;
export type Grammar = (typeof grammars)[number];

/** A statement, or a subprogram of a package, as the grammar is given it. */
export interface Piece {
  readonly file: string;
  /** In the file, counted from 1. */
  readonly line: number;
  readonly sql: string;
  /** What the ledger notes: pieces that differ in literals and comments only are one to a grammar. */
  readonly shape: string;
}

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export const ledgerFile = (name: Grammar): string => pathOf(`../golden/grammar-${name}.json`);

export const readLedger = (name: Grammar): readonly string[] =>
  existsSync(ledgerFile(name)) ? JSON.parse(readFileSync(ledgerFile(name), 'utf8')) : [];

/** All that is generated for a dialect, and its schedules. */
export function piecesOf(name: Grammar): readonly Piece[] {
  const folder = pathOf(`../../generated/${name}/`);
  const { script } = findDialect(name);
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => ({ file, text: readFileSync(`${folder}${file}`, 'utf8') }));
  const statements = [...files, ...schedulesOf(name), ...auditOf(name)].flatMap(({ file, text }) =>
    statementsOf({ file, text }, script).flatMap(({ sql, line }) =>
      subprogramsOf(sql).map((piece) => ({ file, line, sql: piece })),
    ),
  );
  return [...statements, ...partsOf(name)].map((piece) => ({ ...piece, shape: shapeOf(piece.sql) }));
}

function planOf(name: Grammar, policy: Policy, backup: BackupMode): Plan {
  const dialect = findDialect(name);
  const { plan } = makePlan(policy, loadProfile('identity-5.14', dialect), dialect, { prefix: 'cleanup_', backup });
  if (plan === undefined) throw new Error(`no plan for ${name}`);
  return plan;
}

/** What keeps an audit of tokens. */
const auditOf = (name: Grammar) =>
  renderPlan(planOf(name, tokens, 'audit'), findDialect(name), {})
    .install.filter(({ file }) => /^[23]0-/.test(file))
    .map(({ file, text }) => ({ file: `audit, ${file}`, text }));

/** What restores a part of a run, and looks at one: the most that can be selected. */
function partsOf(name: Grammar) {
  const dialect = findDialect(name);
  // What is asked of the other tables is longer and the same; it would take a grammar of Oracle half an hour.
  return [{ policy: tokens }, { policy: sessions, user: "o'b" }].flatMap(({ policy, user }) => {
    const plan = planOf(name, policy, 'deleted-rows');
    const selection = selectionOf({ key: 'a', user }, plan);
    const selected = selectedRows(selection, plan, dialect, 'wso2', [1, 2]);
    const rows = { plan, dialect, namespace: 'wso2', runId: 1, partId: 2, selected };
    return plan.backups
      .slice(0, 2)
      .flatMap((backup) => [restorePreview(backup, rows), moveStatement(backup, rows, 2)])
      .map((sql) => ({ file: `parts of ${policy.name}`, line: 1, sql }));
  });
}

function schedulesOf(name: Grammar) {
  return ([undefined, 'yes', 'no'] as const).flatMap((enabled) => {
    const told = name === 'mssql' ? { notifyOperator: 'x' } : { maxRuns: 3 };
    const { files } = renderSchedule({
      dialect: findDialect(name),
      schedule: parseSchedule({ every: '1w', window: 'always', enabled, ...told }),
      procedure: 'cleanup_tokens',
      settingTable: 'cleanup_setting',
      scheduleName: 'cleanup_tokens_schedule',
      outside: false,
    });
    return files.map(({ name: file, text }) => ({ file: `schedule, enabled: ${enabled}, ${file}`, text }));
  });
}

/** A package's body as a package for each of its subprograms: the grammar would take an hour for the whole. */
function subprogramsOf(sql: string): readonly string[] {
  if (!/^CREATE OR REPLACE PACKAGE BODY /.test(sql)) return [sql];
  const [head = '', ...subprograms] = sql
    .replace(/\nEND [\w$#"]+;\s*$/, '\n')
    .split(/^ {2}(?=(?:PROCEDURE|FUNCTION) )/m);
  return [`${head}END;`, ...subprograms.map((subprogram) => `CREATE OR REPLACE ${subprogram.trimEnd()}`)];
}

const shapeOf = (sql: string): string =>
  createHash('sha256')
    .update(sql.replace(/'(?:[^']|'')*'|--[^\n]*/g, (part) => (part.startsWith("'") ? "'x'" : '')).replace(/\s+/g, ' '))
    .digest('hex')
    .slice(0, 16);

/** How a script of the vendor's client ends a statement, which the grammar expects. */
const terminated = {
  mssql: (sql: string) => sql,
  oracle: (sql: string) => (/;\s*$/.test(sql) ? `${sql}\n/\n` : `${sql};\n`),
} as const;

/** What the grammar says against a statement; nothing if it reads it. */
export function complaintsOf(name: Grammar, sql: string): readonly string[] {
  try {
    importer.import(terminated[name](sql), name);
    return [];
  } catch (error) {
    const { diags = [] } = error as { readonly diags?: readonly Complaint[] };
    const told = diags.map(({ message, text, location }) => `line ${location?.start?.line}: ${message ?? text}`);
    return told.length === 0 ? [String(error)] : told;
  }
}

interface Complaint {
  readonly message?: string;
  readonly text?: string;
  readonly location?: { readonly start?: { readonly line: number } };
}
