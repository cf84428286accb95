import { type Node, parsePlPgSQLSync, parseSync } from 'libpg-query';
import { meaningOf } from '../meaning/expression.js';
import type { Scope } from '../meaning/scope.js';
import { type Found, must, NotUnderstood } from '../only.js';
import type { Procedure, ProcedureStep, Variable } from '../procedure.js';
import type { Expression, Statement } from '../sql.js';
import { readExpression } from './read-expression.js';
import { readStatement } from './read-query.js';

/** The procedure of a cleanup's file, by PostgreSQL's own parsers of SQL and of PL/pgSQL. */
export function readProcedure(file: string): Procedure {
  const bytes = Buffer.from(file);
  const created = must(
    parseSync(file).stmts?.find(({ stmt }) => stmt !== undefined && 'CreateFunctionStmt' in stmt),
    'a procedure',
  );
  const begin = created.stmt_location ?? 0;
  const text = bytes.subarray(begin, begin + must(created.stmt_len, 'a length')).toString();
  const parsed: unknown = parsePlPgSQLSync(text);
  const [made] = listIn(parsed, 'plpgsql_funcs');
  const { datums, action } = partsOf(must(made, 'a procedure'), 'PLpgSQL_function');
  const body = listIn(partsOf(action, 'PLpgSQL_stmt_block'), 'body');
  return { variables: variablesOf(datums, body), steps: stepsOf(body) };
}

const partsOf = (found: unknown, name: string): Found => must((found as Found)[name], name) as Found;
const listIn = (found: unknown, name: string): readonly Found[] =>
  must((found as Found)[name], name) as readonly Found[];
const queryIn = (found: unknown): string => String(partsOf(found, 'PLpgSQL_expr').query);

/** The kind of a statement and its parts. */
function kindOf(statement: Found): readonly [string, Found] {
  const [[kind, parts] = []] = Object.entries(statement);
  return [must(kind, 'a statement').replace('PLpgSQL_stmt_', ''), parts as Found];
}

const parsed = (sql: string): Node => must(parseSync(sql).stmts?.[0]?.stmt, 'a statement');

export function expressionIn(text: string): Expression {
  const statement = parsed(`SELECT ${text}`);
  const [target, ...more] = 'SelectStmt' in statement ? (statement.SelectStmt.targetList ?? []) : [];
  if (target === undefined || more.length > 0 || !('ResTarget' in target)) throw new NotUnderstood(text, statement);
  return readExpression(must(target.ResTarget.val, 'a value'));
}

function variablesOf(datums: unknown, body: readonly Found[]): ReadonlyMap<string, Variable> {
  const values = new Map<string, Expression>();
  for (const text of assignmentsIn(body)) {
    const [, name = '', value = ''] = /^(\w+) := (.*)$/s.exec(text) ?? [];
    // One that is given a value in a loop is none that a rule may read.
    if (values.has(name)) throw new NotUnderstood(`a second value of ${name}`, text);
    values.set(name, expressionIn(value));
  }
  return new Map(
    (datums as readonly Found[]).flatMap(({ PLpgSQL_var: variable }) => {
      if (variable === undefined) return [];
      const { refname, datatype } = variable as Found;
      const name = String(refname);
      const value = values.get(name);
      return [
        [
          name,
          {
            type: String(partsOf(datatype, 'PLpgSQL_type').typname),
            ...(value && { value: (scope: Scope) => meaningOf(value, scope) }),
          },
        ] as const,
      ];
    }),
  );
}

const assignmentsIn = (body: readonly Found[]): readonly string[] =>
  body.map(kindOf).flatMap(([kind, { expr }]) => (kind === 'assign' ? [queryIn(expr)] : []));

/** A step is opened by a call that names its table, and is the loop behind it. */
function stepsOf(body: readonly Found[]): readonly ProcedureStep[] {
  const steps: ProcedureStep[] = [];
  let opened: string | undefined;
  for (const [kind, parts] of body.map(kindOf)) {
    if (kind === 'call') opened = /cleanup_open\(\s*v_run, '(\w+)'/.exec(queryIn(parts.expr))?.[1];
    else if (kind === 'loop' && isProof(listIn(parts, 'body'))) continue;
    else if (kind === 'loop') steps.push(stepOf(must(opened, 'a table'), listIn(parts, 'body')));
    else if (kind === 'execsql') touchesNoRow(readStatement(parsed(queryIn(parts.sqlstmt))));
    else if (!['if', 'assign', 'return'].includes(kind)) throw new NotUnderstood(kind, parts);
  }
  return steps;
}

/** The loop behind the steps calls what judges the copies, and nothing else. See `proof-only-reads.test.ts`. */
function isProof(loop: readonly Found[]): boolean {
  const [opening, exit, block] = loop.map(kindOf);
  if (opening?.[0] !== 'call' || !/\bcleanup_prove\(/.test(queryIn(opening[1].expr))) return false;
  const inside = block?.[0] === 'block' ? listIn(block[1], 'body').map(kindOf) : [];
  const isSo = inside.length === 1 && inside.every(([kind, { expr }]) => kind === 'call' && isOfProof(queryIn(expr)));
  if (!isSo || exit?.[1].is_exit !== true || loop.length !== 3) throw new NotUnderstood('a proof', loop);
  return true;
}

const isOfProof = (call: string): boolean =>
  /^CALL (\w+\.)?cleanup_\w+_proof\(v_run\.run_id, v_run\.started, v_settings\)$/.test(call);

/** Outside of its steps a cleanup writes tables of deepclean's own only. */
function touchesNoRow({ does }: Statement): void {
  if (does.kind === 'other' || ('table' in does && does.table.startsWith('cleanup_'))) return;
  throw new NotUnderstood('a statement outside of a step', does);
}

function stepOf(table: string, loop: readonly Found[]): ProcedureStep {
  const exits: Expression[] = [];
  const batch: Statement[] = [];
  const listing: Statement[] = [];
  for (const [kind, parts] of loop.map(kindOf)) {
    // An exit behind the batch would come too late.
    if (kind === 'exit' && parts.is_exit === true && batch.length === 0) exits.push(expressionIn(queryIn(parts.cond)));
    else if (kind === 'block') readBatch(listIn(parts, 'body'), listing, batch);
    else if (kind !== 'call') throw new NotUnderstood(kind, parts);
  }
  return { table, exits, listing, batch };
}

function readBatch(body: readonly Found[], listing: Statement[], batch: Statement[]): void {
  for (const [kind, parts] of body.map(kindOf)) {
    if (kind === 'execsql') batch.push(readStatement(parsed(queryIn(parts.sqlstmt))));
    else if (kind === 'if' && queryIn(parts.cond) === 'v_run.listing') {
      const inner = listIn(parts, 'then_body').map(kindOf);
      // It ends with CONTINUE: a batch that makes the list deletes nothing.
      const [last] = inner.at(-1) ?? [];
      if (last !== 'exit') throw new NotUnderstood('a list that is made', parts);
      for (const [what, of] of inner) {
        if (what === 'execsql') listing.push(readStatement(parsed(queryIn(of.sqlstmt))));
        else if (!['getdiag', 'call', 'exit'].includes(what)) throw new NotUnderstood(what, of);
      }
    } else if (kind === 'if') raisesOnly(parts);
    else if (kind !== 'call') throw new NotUnderstood(kind, parts);
  }
}

/** What is done on a condition is to raise an error, which undoes the batch. */
function raisesOnly(parts: Found): void {
  for (const [kind, of] of listIn(parts, 'then_body').map(kindOf)) {
    if (kind !== 'raise' || parts.else_body !== undefined) throw new NotUnderstood('IF in a batch', of);
  }
}
