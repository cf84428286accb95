import { type Found, NotUnderstood } from '../only.js';
import type { Expression } from '../sql.js';
import { nodeOf, nodesIn, objectIn, partsOf } from './nodes.js';
import { readExpression } from './read-expression.js';

/** A procedure that is called by its name, with what it is given in order. */
export interface Call {
  readonly procedure: string;
  readonly given: readonly Given[];
}

export interface Given {
  readonly value: Expression;
  /** The variable that is handed over, or "". */
  readonly name: string;
  readonly isOutput: boolean;
}

export function callOf(statement: Found): Call {
  const { ExecuteSpecification: specified } = partsOf(statement, ['ExecuteSpecification']);
  const { ExecutableEntity: entity } = nodeOf(specified, 'ExecuteSpecification', ['ExecutableEntity']);
  const { ProcedureReference: reference, Parameters: parameters } = nodeOf(entity, 'ExecutableProcedureReference', [
    'ProcedureReference',
    'Parameters',
  ]);
  const { ProcedureReference: named } = nodeOf(reference, 'ProcedureReferenceName', ['ProcedureReference']);
  return {
    procedure: objectIn(nodeOf(named, 'ProcedureReference', ['Name']).Name),
    given: nodesIn(parameters, 'arguments').map((one) => {
      // By its place: one that is named would stand anywhere.
      const { ParameterValue: of, IsOutput: isOutput } = nodeOf(one, 'ExecuteParameter', [
        'ParameterValue',
        'IsOutput',
      ]);
      const value = readExpression(of);
      const [name = ''] = value.kind === 'column' ? value.path : [];
      return { value, name, isOutput: isOutput === true };
    }),
  };
}

/** What a call of the kit gives in its order, where only these are given. */
export function literalOf(call: Call, at: number): string | bigint | null {
  const value = call.given[at]?.value;
  if (value?.kind !== 'literal' || typeof value.value === 'boolean') throw new NotUnderstood('an argument', call);
  return value.value;
}
