import { meaningOf } from '../meaning/expression.js';
import { type Found, NotUnderstood } from '../only.js';
import type { OwnTables, ProcedureStep, Variable } from '../procedure.js';
import type { Expression, Statement } from '../sql.js';
import { comparedWith, type Simple, simpleStatements } from './flow.js';
import { byRows, checkForgotten, type Kept, keep, keepsKeys } from './kept-keys.js';
import { nameIn, nodeOf, partsOf } from './nodes.js';
import { readChange } from './read-change.js';
import { callOf, literalOf } from './read-execute.js';
import type { Run } from './read-run.js';
import { columnsIn } from './read-tables.js';
import { isSet, setsIn, typesIn, valuesIn } from './variables.js';

export interface Batch {
  readonly steps: readonly ProcedureStep[];
  readonly variables: ReadonlyMap<string, Variable>;
  readonly tables: OwnTables;
}

interface Growing extends ProcedureStep {
  readonly kept: Kept;
  readonly exits: Expression[];
  readonly listing: Statement[];
  readonly batch: Statement[];
}

/** The procedure that lists dead rows, or judges and deletes a batch of them, as its parameters say. */
export function readBatch(created: Found, parameters: ReadonlyMap<string, Variable>, run: Run): Batch {
  const statements = simpleStatements(created.StatementList);
  const steps = new Map<number, Growing>();
  const tables = new Map<string, ReturnType<typeof columnsIn>>();
  for (const simple of statements) {
    const { statement } = simple;
    const numbers = comparedWith('@step', simple);
    if (simple.handles || (numbers !== undefined && numbers.length !== 1)) throw new NotUnderstood('a step', simple);
    const number = numbers === undefined ? undefined : Number(numbers[0]);
    if (statement.node === 'DeclareTableVariableStatement') {
      const { Body: body } = partsOf(statement, ['Body']);
      const parts = nodeOf(body, 'DeclareTableVariableBody', ['VariableName', 'Definition']);
      tables.set(nameIn(parts.VariableName), columnsIn(parts.Definition));
    } else if (statement.node === 'ExecuteStatement') open(simple, number, steps);
    else if (statement.node === 'SelectStatement') setsIn(statement);
    else if (/^(Insert|Delete|Update)Statement$/.test(statement.node)) put(simple, number, steps);
    else if (!/^(DeclareVariable|SetVariable|Throw)Statement$/.test(statement.node) && !limitsWaits(statement))
      throw new NotUnderstood('a statement of a batch', statement);
  }
  const numbers = [...steps.keys()];
  if (numbers.length !== run.steps || numbers.some((number, at) => number !== at + 1))
    throw new NotUnderstood(`steps other than 1 to ${run.steps}`, numbers);
  return { steps: [...steps.values()], variables: variablesOf(statements, parameters), tables };
}

/** How long a statement waits for a lock changes nothing of what it finds. */
function limitsWaits(statement: Found): boolean {
  if (statement.node !== 'SetCommandStatement') return false;
  const { Commands: commands } = partsOf(statement, ['Commands']);
  return (commands as Found[]).every(
    (command) => partsOf(command, ['CommandType', 'Parameter']).CommandType === 'LockTimeout',
  );
}

function variablesOf(
  statements: readonly Simple[],
  parameters: ReadonlyMap<string, Variable>,
): ReadonlyMap<string, Variable> {
  const values = valuesIn(statements, [...parameters.keys()]);
  const changed = [...parameters.keys()].filter((name) => isSet(name, statements));
  if (changed.length > 0) throw new NotUnderstood('a parameter that is set', changed);
  const own = [...typesIn(statements)].map(([name, type]): [string, Variable] => {
    const value = values.get(name);
    return [name, { type, ...(value && { value: (scope) => meaningOf(value, scope) }) }];
  });
  return new Map([...parameters, ...own]);
}

/** A step is opened by a call that names its number, its table, and the setting that must be yes for it. */
function open(simple: Simple, number: number | undefined, steps: Map<number, Growing>): void {
  const call = callOf(simple.statement);
  if (!/^CLEANUP_/.test(call.procedure)) throw new NotUnderstood('a call', call.procedure);
  if (call.procedure !== 'CLEANUP_OPEN') return;
  const [named, table, enabledBy] = [1, 2, 5].map((at) => literalOf(call, at));
  if (number === undefined || named !== BigInt(number) || comparedWith('@task', simple)?.join() !== 'open')
    throw new NotUnderstood('where a step is opened', simple);
  const exits: Expression[] = typeof enabledBy === 'string' ? [unless(enabledBy)] : [];
  steps.set(number, { table: String(table), exits, listing: [], batch: [], kept: new Map() });
}

/** As CLEANUP_NEXT of the kit finds: without its row a setting is not yes. */
const unless = (setting: string): Expression => ({
  kind: 'not',
  of: {
    kind: 'isTrue',
    of: {
      kind: 'compare',
      by: '=',
      left: { kind: 'call', name: 'setting', of: [{ kind: 'literal', value: setting }] },
      right: { kind: 'literal', value: 'yes' },
    },
  },
});

/** What the log keeps of a run: no row of the product's hangs on it. */
const ofTheLog = /^(CLEANUP_RUN|CLEANUP_RUN_REASON|@reasons)$/;

function put(simple: Simple, number: number | undefined, steps: Map<number, Growing>): void {
  const does = readChange(simple.statement, ofTheLog);
  if (ofTheLog.test(does.table)) return;
  const step = number === undefined ? undefined : steps.get(number);
  const [task, ...more] = comparedWith('@task', simple) ?? [];
  const isList = does.table.startsWith('CLEANUP_');
  const isForReal = comparedWith('@dry_run', simple)?.join() === 'no' || does.table.startsWith('@');
  const isInPlace = (task === 'list' && isList) || (task === 'delete' && isForReal);
  if (step === undefined || more.length > 0 || !isInPlace) throw new NotUnderstood('where a change is made', simple);
  if (does.kind === 'insert' && keepsKeys(does.table)) keep(does, step.kept);
  else if (does.kind === 'delete' && keepsKeys(does.table)) checkForgotten(does, step.kept);
  else if (task === 'list') step.listing.push({ beside: new Map(), does });
  else step.batch.push({ beside: new Map(), does: does.kind === 'delete' ? byRows(does, step.kept) : does });
}
