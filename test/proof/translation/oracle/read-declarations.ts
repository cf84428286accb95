import { NotUnderstood } from '../only.js';
import type { LocalProcedure } from './declared.js';
import { nameIn } from './names.js';
import { take } from './take.js';
import { isNode, type Node, wordsOf } from './tree.js';

export interface Declarations {
  /** Each variable with the words of its type. */
  readonly variables: ReadonlyMap<string, string>;
  readonly procedures: ReadonlyMap<string, LocalProcedure>;
}

export function readDeclarations(node: Node): Declarations {
  const variables = new Map<string, string>();
  const procedures = new Map<string, LocalProcedure>();
  for (const declared of take(node, 'declare_spec*').declare_spec) {
    const [only] = declared.parts;
    if (!isNode(only)) throw new NotUnderstood('a declaration', wordsOf(declared));
    if (only.rule === 'variable_declaration') {
      const { identifier, type_spec } = take(only, 'identifier', 'type_spec', ';');
      variables.set(nameIn(wordsOf(identifier)), wordsOf(type_spec).replaceAll(' ', '').toUpperCase());
    } else {
      const { identifier, parameter, body } = take(
        only,
        'PROCEDURE',
        'identifier',
        '(',
        'parameter,*',
        ')',
        'IS',
        'body',
        ';',
      );
      const parameters = parameter.map((one) =>
        nameIn(wordsOf(take(one, 'parameter_name', 'type_spec').parameter_name)),
      );
      procedures.set(nameIn(wordsOf(identifier)), { parameters, body });
    }
  }
  return { variables, procedures };
}
