import parser from 'node-sql-parser';
import { meaningOf } from '../meaning/expression.js';
import type { Scope } from '../meaning/scope.js';
import { NotUnderstood } from '../only.js';
import type { Procedure, ProcedureStep, Variable } from '../procedure.js';
import type { Expression, Statement } from '../sql.js';
import { found, list, readExpression } from './read-expression.js';
import { readDelete, readInsert, readQuery } from './read-query.js';
import { type Simple, splitProcedure } from './split.js';

const mysql = new parser.Parser();

/** Hints say which way a row is found, not which; the parser does not know them everywhere. */
const parsed = (sql: string): unknown => mysql.astify(sql.replace(/ FORCE INDEX \(\w+\)/g, ''), { database: 'MySQL' });

/** One that is built of a piece of text, as a value of SELECT. */
export function expressionIn(text: string): Expression {
  const [column, ...more] = list(found(parsed(`SELECT ${text}`), 'a query').columns, 'a value');
  if (more.length > 0) throw new NotUnderstood('a value', text);
  return readExpression(found(column, 'a value').expr);
}

/** The procedure of a cleanup's file, each of its statements by node-sql-parser. */
export function readProcedure(file: string): Procedure {
  const statements = splitProcedure(file).filter(({ handles }) => !handles);
  const first = statements.findIndex(({ text }) => text.startsWith('CALL CLEANUP_OPEN('));
  const [before, steps] = [statements.slice(0, first), statements.slice(first)];
  return { variables: variablesOf(before), steps: stepsOf(steps) };
}

function variablesOf(statements: readonly Simple[]): ReadonlyMap<string, Variable> {
  const types = new Map<string, string>();
  const values = new Map<string, (scope: Scope) => ReturnType<typeof meaningOf>>();
  for (const { text, within } of statements) {
    const [, names, type] = /^DECLARE ([\w, ]+?) ([A-Za-z]+(?:\([\d, ]+\))?)$/.exec(text) ?? [];
    const [, name, value] = /^SET (\w+)\s+= (.*)$/s.exec(text) ?? [];
    if (names !== undefined && type !== undefined) for (const one of names.split(', ')) types.set(one, type);
    else if (name !== undefined && value !== undefined && within.length === 0) {
      if (values.has(name)) throw new NotUnderstood('a second value', text);
      const expression = expressionIn(value);
      values.set(name, (scope) => meaningOf(expression, scope));
    } else if (text.startsWith('SELECT')) for (const [into, setting] of settingsIn(text)) values.set(into, setting);
    else if (!/^(CALL CLEANUP_(BEGIN|PRUNE)\(|LEAVE cleanup$|UPDATE CLEANUP_RUN )/.test(text))
      throw new NotUnderstood('a statement', text);
  }
  return new Map(
    [...types].map(([name, type]) => {
      const value = values.get(name);
      return [name, { type, ...(value && { value }) }];
    }),
  );
}

/** What is read of the settings table, one row of which is one setting: its value, else a preset. */
function settingsIn(text: string): readonly (readonly [string, (scope: Scope) => ReturnType<typeof meaningOf>])[] {
  const [, values = '', into = '', from = ''] =
    /^(SELECT.*?)\s+INTO (.*?)\s+(FROM CLEANUP_SETTING\s.*)$/s.exec(text) ?? [];
  const query = readQuery(parsed(`${values} ${from}`));
  // Of this cleanup, and not negative: else the preset counts.
  const [ofCleanup, notNegative, ...others] =
    query.kind === 'select' && query.where?.kind === 'and' ? query.where.of : [];
  const called = notNegative?.kind === 'compare' && notNegative.by === '<>' ? notNegative.left : undefined;
  const trimmed = called?.kind === 'call' ? called.of[0] : undefined;
  if (
    query.kind !== 'select' ||
    ofCleanup?.kind !== 'compare' ||
    columnOf(ofCleanup.left) !== 'PROCEDURE_NAME' ||
    trimmed?.kind !== 'call' ||
    columnOf(trimmed.of[0]) !== 'VALUE' ||
    others.length > 0
  )
    throw new NotUnderstood('settings', text);
  return into.split(/,\s*/).map((name, at) => {
    const output = query.columns[at];
    const value = output?.name === undefined ? undefined : output.value;
    const [setting, preset] = value?.kind === 'call' && value.name === 'COALESCE' ? value.of : [];
    const [one] = setting?.kind === 'aggregate' && setting.name === 'max' ? setting.of : [];
    const [arm, ...more] = one?.kind === 'case' && !one.otherwise ? one.arms : [];
    const named = arm?.when.kind === 'compare' && arm.when.by === '=' ? arm.when.right : undefined;
    if (
      named?.kind !== 'literal' ||
      preset?.kind !== 'literal' ||
      more.length > 0 ||
      columnOf(arm?.result) !== 'VALUE'
    ) {
      throw new NotUnderstood('a setting', value);
    }
    return [name, ({ world }) => world.settingOr(String(named.value), String(preset.value))] as const;
  });
}

const columnOf = (expression: Expression | undefined): string | undefined =>
  expression?.kind === 'column' ? expression.path.at(-1) : undefined;

function stepsOf(statements: readonly Simple[]): readonly ProcedureStep[] {
  const steps: { table: string; exits: Expression[]; listing: Statement[]; batch: Statement[] }[] = [];
  for (const { text, within } of statements) {
    const [, table] = /^CALL CLEANUP_OPEN\(v_run_id, '(\w+)'/.exec(text) ?? [];
    const step = steps.at(-1);
    if (table !== undefined) {
      // It is passed over unless these hold.
      const exits = within.map(
        (condition): Expression => ({ kind: 'not', of: { kind: 'isTrue', of: expressionIn(condition) } }),
      );
      steps.push({ table, exits, listing: [], batch: [] });
    } else if (/^(INSERT|DELETE) /.test(text) && step) {
      const statement = { beside: new Map(), does: readChange(text) };
      const { does } = statement;
      if (
        does.kind === 'delete' &&
        !does.table.startsWith('CLEANUP_') &&
        !within.some((one) => one.endsWith("AND v_dry_run = 'no'"))
      ) {
        throw new NotUnderstood('a dry run that deletes', text);
      }
      const isListing = within.includes('v_rows > 0');
      (isListing ? step.listing : step.batch).push(statement);
    } else if (!/^(CALL (CLEANUP_|cleanup_\w+_proof\()|COMMIT$|SET v_|SELECT\s|LEAVE |SIGNAL SQLSTATE)/.test(text))
      throw new NotUnderstood('a statement', text);
  }
  return steps;
}

function readChange(text: string): Statement['does'] {
  const node = found(parsed(text.replace(/\s+FOR UPDATE$/, '')), 'a statement');
  return node.type === 'insert' ? readInsert(node) : readDelete(node);
}
