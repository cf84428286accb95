import { meaningOf } from '../meaning/expression.js';
import type { Scope } from '../meaning/scope.js';
import { must, NotUnderstood } from '../only.js';
import type { Procedure, ProcedureStep, Variable } from '../procedure.js';
import type { Expression } from '../sql.js';
import type { Declared } from './declared.js';
import type { Names } from './names.js';
import { type Declarations, readDeclarations } from './read-declarations.js';
import { pathIn, readExpression } from './read-expression.js';
import { readFilling } from './read-query.js';
import { stepOf } from './read-step.js';
import { readCallStatement, statementsIn } from './statements.js';
import { take } from './take.js';
import { type Node, parse, wordsOf } from './tree.js';

/** The procedure of a cleanup's file, by the public grammar of PL/SQL. `typeOf` tells what a column's %TYPE is. */
export function readProcedure(file: string, typeOf: (table: string, column: string) => string): Procedure {
  const [, text] = /^(CREATE OR REPLACE PROCEDURE .*?);\n\/$/ms.exec(file) ?? [];
  const { invoker_rights_clause, seq_of_declare_specs, body } = take(
    parse('create_procedure_body', must(text, 'a procedure')),
    'CREATE',
    'OR',
    'REPLACE',
    'PROCEDURE',
    'procedure_name',
    '(',
    'parameter,*',
    ')',
    'invoker_rights_clause',
    'AS',
    'seq_of_declare_specs',
    'body',
  );
  if (wordsOf(invoker_rights_clause).toUpperCase() !== 'AUTHID DEFINER') throw new NotUnderstood('AUTHID', file);
  const declared = readDeclarations(seq_of_declare_specs);
  const statements = statementsIn(body, [/^CLEANUP_KIT \. abort_run \( v_run , SQLCODE , SQLERRM \)$/i, /^RAISE$/i]);
  const first = statements.findIndex((statement) => isCallOf('OPEN_TABLE', statement));
  const values = valuesIn(statements.slice(0, first), declared);
  return {
    variables: new Map(
      [...declared.variables].map(([name, words]): [string, Variable] => {
        const [, table, column] = /^(\w+)\.(\w+)%TYPE$/.exec(words) ?? [];
        const type = table !== undefined && column !== undefined ? typeOf(table, column) : words;
        const value = values.get(name);
        return [name, { type, ...(value && { value: (scope: Scope) => meaningOf(value, scope) }) }];
      }),
    ),
    steps: stepsIn(statements.slice(first), declared, (name) => values.has(name)),
  };
}

const isCallOf = (name: string, statement: Node | undefined): boolean =>
  statement?.rule === 'call_statement' && readCallStatement(statement).name === `CLEANUP_KIT.${name}`;

/** What is set once, before the steps. */
function valuesIn(statements: readonly Node[], { variables }: Declarations): ReadonlyMap<string, Expression> {
  const values = new Map<string, Expression>();
  const names: Names = {
    variable: (name) => (values.has(name) ? { kind: 'column', path: [name] } : undefined),
    element: () => undefined,
  };
  const set = (target: Node, value: Expression): void => {
    const name = pathIn(target).join('.');
    if (values.has(name) || !variables.has(name)) throw new NotUnderstood('a variable that is set', name);
    values.set(name, value);
  };
  for (const statement of statements) {
    const words = wordsOf(statement);
    if (statement.rule === 'assignment_statement') {
      const { general_element, expression } = take(statement, 'general_element', ':=', 'expression');
      set(general_element, readExpression(expression, names));
    } else if (statement.rule === 'select_statement') {
      const { into, ...query } = readFilling(statement, names);
      const [target, ...more] = into;
      if (target === undefined || more.length > 0) throw new NotUnderstood('SELECT', words);
      set(target, { kind: 'scalar', query });
    } else if (!beforeSteps.some((pattern) => pattern.test(words))) throw new NotUnderstood('a statement', words);
  }
  return values;
}

const beforeSteps = [
  /^CLEANUP_KIT \. (expect|expect_key|begin_run|prune) \(/i,
  /^IF v_run \. run_id IS NULL THEN RETURN ; END IF$/i,
  /^UPDATE CLEANUP_RUN SET CUT_OFF = \w+ WHERE RUN_ID = v_run \. run_id$/i,
];
const behindSteps =
  /^(CLEANUP_KIT \. (emptied|prove|end_run) \(|IF v_run \. more THEN cleanup_\w+_proof \( v_run \. run_id , v_run \. started( , \w+)* \) ; END IF$)/i;

/** A step is opened by a call that names its table, and is the loop behind it. */
function stepsIn(
  statements: readonly Node[],
  declared: Declarations,
  isSetOnce: (name: string) => boolean,
): readonly ProcedureStep[] {
  const typeOf = (name: string): string => declared.variables.get(name) ?? '';
  const reader: Declared = {
    isCollection: (name) => /^CLEANUP_KIT\.(ROWIDS|WORDS)$/.test(typeOf(name)),
    isOfBatch: (name) => !isSetOnce(name) && (typeOf(name) === 'NUMBER' || typeOf(name).endsWith('%TYPE')),
    isSetOnce,
    procedures: declared.procedures,
  };
  return statements.flatMap((statement, at): readonly ProcedureStep[] => {
    if (isCallOf('OPEN_TABLE', statement))
      return [stepOf(readCallStatement(statement).given, must(statements[at + 1], 'a loop'), reader)];
    const isRead = statement.rule === 'loop_statement' && isCallOf('OPEN_TABLE', statements[at - 1]);
    if (!isRead && !behindSteps.test(wordsOf(statement))) throw new NotUnderstood('a statement', wordsOf(statement));
    return [];
  });
}
