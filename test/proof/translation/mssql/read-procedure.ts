import { type Found, must, NotUnderstood } from '../only.js';
import type { OwnTables, Procedure, Variable } from '../procedure.js';
import { nameIn, nodesIn, partsOf, typeIn } from './nodes.js';
import { readBatch } from './read-batch.js';
import { procedureIn, type Run, readRun } from './read-run.js';
import { checkFileSettings } from './session.js';

type Node = Found & { readonly node: string };

/** The statements of a file. */
export const statementsIn = (script: Found): readonly Node[] =>
  nodesIn(partsOf(script, ['Batches', 'TrailingGoCount']).Batches, 'batches').flatMap((batch) =>
    nodesIn(partsOf(batch, ['Statements']).Statements, 'statements'),
  );

/** The two procedures of a cleanup's file, and the table variables of the one that deletes. */
export function readProcedure(statements: readonly Node[]): { readonly procedure: Procedure; readonly own: OwnTables } {
  checkFileSettings(statements);
  const [batch, main, ...more] = statements
    .filter(({ node }) => node === 'CreateOrAlterProcedureStatement')
    .map((node) => partsOf(node, ['ProcedureReference', 'Parameters', 'StatementList']));
  if (batch === undefined || main === undefined || more.length > 0) throw new NotUnderstood('two procedures', more);
  const run = readRun(main, procedureIn(main));
  if (procedureIn(batch) !== run.batch) throw new NotUnderstood('the procedure of a batch', run.batch);
  const { steps, variables, tables } = readBatch(batch, parametersOf(batch, run), run);
  return { procedure: { steps, variables }, own: tables };
}

/** What stands for the kit's own variables in the procedure of a batch. */
const renamed: Readonly<Record<string, string>> = { '@is_dry': '@dry_run' };

function parametersOf(created: Found, { handed }: Run): ReadonlyMap<string, Variable> {
  const parameters = nodesIn(created.Parameters, 'parameters').map((parameter) => {
    const { VariableName: name, DataType: type } = partsOf(parameter, ['VariableName', 'DataType'], {
      Modifier: 'None',
    });
    return { name: nameIn(name), type: typeIn(type) };
  });
  if (parameters.length !== handed.length) throw new NotUnderstood('what a batch is handed', handed);
  return new Map(
    parameters.map(({ name, type }, at): [string, Variable] => {
      const { name: given, variable } = must(handed[at], 'an argument');
      const { value } = variable;
      if (value === undefined) {
        if ((renamed[given] ?? given) !== name) throw new NotUnderstood(`${given} as ${name}`, handed);
        return [name, { type }];
      }
      // Kept as the run's own type first.
      return [name, { type, value: (scope) => scope.world.engine.assigned(value(scope), variable.type, scope.world) }];
    }),
  );
}
