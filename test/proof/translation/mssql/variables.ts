import { type Found, NotUnderstood } from '../only.js';
import type { Expression } from '../sql.js';
import type { Simple } from './flow.js';
import { nameIn, nodeIn, nodeOf, nodesIn, partsOf, typeIn, variableIn } from './nodes.js';
import { callOf } from './read-execute.js';
import { readExpression } from './read-expression.js';

/** The type of each variable that is declared. */
export const typesIn = (statements: readonly Simple[]): ReadonlyMap<string, string> =>
  new Map(
    statements.flatMap(({ statement }) =>
      statement.node === 'DeclareVariableStatement'
        ? declarationsIn(statement).map(({ name, type }) => [name, type] as const)
        : [],
    ),
  );

function declarationsIn(statement: Found) {
  return nodesIn(partsOf(statement, ['Declarations']).Declarations, 'variables').map((one) => {
    const {
      VariableName: name,
      DataType: type,
      Value: value,
    } = nodeOf(one, 'DeclareVariableElement', ['VariableName', 'DataType', 'Value']);
    return { name: nameIn(name), type: typeIn(type), value };
  });
}

/** The variables that a statement gives a value, each with the value where it is one expression. */
function assignedBy(statement: Simple['statement']): readonly (readonly [string, unknown?])[] {
  switch (statement.node) {
    case 'DeclareVariableStatement':
      return declarationsIn(statement).flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]));
    case 'SetVariableStatement': {
      const { Variable: variable, Expression: value } = partsOf(statement, ['Variable', 'Expression']);
      return [[variableIn(variable), value]];
    }
    case 'SelectStatement':
      return setsIn(statement).map(({ variable }) => [variable]);
    case 'ExecuteStatement':
      return callOf(statement).given.flatMap(({ name, isOutput }) => (isOutput ? [[name] as const] : []));
    default:
      return [];
  }
}

/** What SELECT does but to set variables is refused. */
export function setsIn(statement: Found) {
  const { QueryExpression: query } = partsOf(statement, ['QueryExpression', 'OptimizerHints']);
  const elements = nodesIn(nodeIn(query, 'a query').SelectElements, 'variables');
  if (elements.length === 0) throw new NotUnderstood('a query for nobody', statement);
  return elements.map((element) => {
    const { Variable: variable, Expression: value } = nodeOf(element, 'SelectSetVariable', ['Variable', 'Expression']);
    return { variable: variableIn(variable), value };
  });
}

/** The variables that have one value, which they are given unconditionally; any other may be anything of its type. */
export function valuesIn(
  statements: readonly Simple[],
  parameters: readonly string[],
): ReadonlyMap<string, Expression> {
  const assigned = statements.flatMap((simple) => assignedBy(simple.statement).map((one) => ({ one, simple })));
  const values = new Map<string, Expression>();
  const known = new Set(parameters);
  for (const { one, simple } of assigned) {
    const [name, node] = one;
    const isOnly = assigned.filter(({ one: [other] }) => other === name).length === 1 && !parameters.includes(name);
    if (isOnly && simple.within.length === 0 && node !== undefined) {
      const value = readExpression(node);
      const early = variablesOf(value).filter((other) => !known.has(other));
      if (early.length > 0) throw new NotUnderstood(`what ${name} is before ${early.join(', ')} is known`, node);
      values.set(name, value);
    }
    known.add(name);
  }
  return values;
}

const variablesOf = (value: Expression): readonly string[] =>
  [...JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part)).matchAll(/"(@\w+)"/g)].map(
    ([, name]) => name ?? '',
  );

/** Parameters that a rule reads and that are set besides would be anything. */
export const isSet = (name: string, statements: readonly Simple[]): boolean =>
  statements.some(({ statement }) => assignedBy(statement).some(([other]) => other === name));
