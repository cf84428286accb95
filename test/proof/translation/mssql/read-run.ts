import { type Found, must, NotUnderstood } from '../only.js';
import type { Variable } from '../procedure.js';
import type { Expression } from '../sql.js';
import { comparedWith, conditionsOf, type Simple, simpleStatements } from './flow.js';
import { nodeIn, nodeOf, objectIn, partsOf } from './nodes.js';
import { type Call, callOf } from './read-execute.js';
import { readTable } from './read-query.js';
import { type Setting, settingsIn } from './read-settings.js';
import { checkRunSettings } from './session.js';
import { isSet, typesIn } from './variables.js';

/** The procedure that goes through a run: what it hands to the one that deletes a batch. */
export interface Run {
  readonly handed: readonly Handed[];
  /** The steps that it goes through are those with numbers up to this one. */
  readonly steps: number;
  readonly batch: string;
}

export interface Handed {
  readonly name: string;
  /** As the run keeps it; only a setting has a value that is known. */
  readonly variable: Variable;
}

/** What the kit hands to a run, in the order of its parameters from this one on. */
const begun = { procedure: 'CLEANUP_BEGIN', from: 5, variables: ['@run_id', '@started', '@is_dry'] } as const;
const next = { procedure: 'CLEANUP_NEXT', from: 3, variables: ['@task', '@rows', '@after', '@until'] } as const;

export function readRun(created: Found, name: string): Run {
  const statements = simpleStatements(created.StatementList);
  checkRunSettings(statements.map(({ statement }) => statement));
  const settings = new Map<string, Setting>();
  const calls: { readonly call: Call; readonly at: Simple }[] = [];
  for (const simple of statements) {
    const { statement } = simple;
    if (statement.node === 'ExecuteStatement') calls.push({ call: callOf(statement), at: simple });
    else if (statement.node === 'SelectStatement')
      for (const [variable, setting] of settingsIn(statement, name)) settings.set(variable, setting);
    else refuseOthers(statement);
  }
  const batches = calls.filter(({ call }) => call.procedure.toLowerCase() === `${name}_batch`.toLowerCase());
  const [batch, ...more] = batches;
  if (batch === undefined || more.length > 0) throw new NotUnderstood('one call for each batch', batches);
  const kit = calls.filter((one) => one !== batch).map(({ call }) => call);
  for (const { procedure } of kit)
    if (!/^CLEANUP_/.test(procedure) && procedure !== `${name}_proof`) throw new NotUnderstood('a call', procedure);
  handsOver(kit, begun, statements);
  handsOver(kit, next, statements);
  const types = typesIn(statements);
  const handed = batch.call.given.map(({ name: variable }) => {
    const setting = settings.get(variable);
    if (
      setting !== undefined &&
      isSet(
        variable,
        statements.filter(({ statement }) => statement.node !== 'SelectStatement'),
      )
    )
      throw new NotUnderstood('a setting that is set besides', variable);
    return { name: variable, variable: kept(must(types.get(variable), `a type of ${variable}`), setting) };
  });
  return { handed, steps: lastStep(batch.at), batch: batch.call.procedure };
}

const kept = (type: string, setting: Setting | undefined): Variable => ({
  type,
  ...(setting && { value: ({ world }) => world.settingOr(setting.name, setting.preset) }),
});

/** The kit's own variables stand in their places, and nothing else gives them a value. */
function handsOver(
  calls: readonly Call[],
  { procedure, from, variables }: typeof begun | typeof next,
  statements: readonly Simple[],
): void {
  const [call, ...more] = calls.filter((one) => one.procedure === procedure);
  const given = call?.given.slice(from);
  const isSo =
    given?.length === variables.length &&
    variables.every((name, at) => given[at]?.name === name && given[at]?.isOutput) &&
    !variables.some((name) =>
      isSet(
        name,
        statements.filter(({ statement }) => !isCallOf(statement, procedure)),
      ),
    );
  if (!isSo || more.length > 0) throw new NotUnderstood(`what ${procedure} hands over`, [call, more]);
}

const isCallOf = (statement: Simple['statement'], procedure: string): boolean =>
  statement.node === 'ExecuteStatement' && callOf(statement).procedure === procedure;

function lastStep(at: Simple): number {
  const bounds = conditionsOf(at).flatMap((condition: Expression) =>
    condition.kind === 'compare' &&
    condition.by === '<=' &&
    condition.left.kind === 'column' &&
    condition.left.path.join() === '@step' &&
    condition.right.kind === 'literal'
      ? [Number(condition.right.value)]
      : [],
  );
  if (bounds.length !== 1 || comparedWith('@step', at) !== undefined)
    throw new NotUnderstood('the steps of a run', bounds);
  return must(bounds[0], 'a step');
}

/** Beside calls a run sets what it is like, and writes tables of deepclean's own. */
function refuseOthers(statement: Simple['statement']): void {
  if (
    /^(PredicateSet|Set(TransactionIsolationLevel|Command|RowCount|TextSize|Variable)|DeclareVariable)Statement$/.test(
      statement.node,
    )
  )
    return;
  if (/^(Begin|Commit|Rollback)TransactionStatement$|^(Return|Throw)Statement$/.test(statement.node)) return;
  if (statement.node === 'InsertStatement') {
    const { InsertSpecification: into } = partsOf(statement, ['InsertSpecification']);
    if (/^CLEANUP_/.test(readTable(nodeIn(nodeIn(into, 'a table').Target, 'a table')).of.table)) return;
  }
  throw new NotUnderstood('a statement of a run', statement);
}

/** The name of a procedure that a file creates. */
export function procedureIn(statement: Found): string {
  const { Name: name } = nodeOf(statement.ProcedureReference, 'ProcedureReference', ['Name']);
  return objectIn(name);
}
