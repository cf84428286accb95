import { type Found, NotUnderstood, only } from '../only.js';

/** A node of ScriptDom's tree: its class as "node", and its parts by their names there. */
export function nodeIn(value: unknown, what: string): Found & { readonly node: string } {
  if (typeof value !== 'object' || value === null || !('node' in value)) throw new NotUnderstood(what, value);
  return { ...value, node: String(value.node) };
}

/** An empty list is not written at all. */
export function nodesIn(value: unknown, what: string): readonly (Found & { readonly node: string })[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new NotUnderstood(what, value);
  return value.map((one) => nodeIn(one, what));
}

/** What the parser says of each node that says no more by it. */
const silent: { readonly [part: string]: unknown } = {
  UniqueRowFilter: 'NotSpecified',
  ColumnType: 'Regular',
  AssignmentKind: 'Equals',
  SeparatorType: 'NotSpecified',
};

/** Its parts; any other is refused, unless it has the value that means "without". */
export const partsOf = (
  node: Found,
  names: readonly string[],
  without: { readonly [part: string]: unknown } = {},
): Found => only(node, [...names, 'node'], { ...silent, ...without });

/** A node of a class, and no other. */
export function nodeOf(value: unknown, name: string, parts: readonly string[], without = {}): Found {
  const node = nodeIn(value, name);
  if (node.node !== name) throw new NotUnderstood(name, node);
  return partsOf(node, parts, without);
}

export const nameIn = (value: unknown): string => String(nodeOf(value, 'Identifier', ['Value', 'QuoteType']).Value);

/** The names in one with points, such as an alias and a column. */
export const pathIn = (value: unknown): readonly string[] =>
  nodesIn(nodeIn(value, 'a name').Identifiers, 'a name').map(nameIn);

/** The last part of a name: every object of the product's is in the same schema. */
export const objectIn = (value: unknown): string => pathIn(value).at(-1) ?? '';

export function variableIn(value: unknown): string {
  return String(nodeOf(value, 'VariableReference', ['Name']).Name);
}

/** A type in small letters, such as varchar(255). */
export function typeIn(value: unknown): string {
  const { SqlDataTypeOption: option, Parameters: parameters } = nodeOf(value, 'SqlDataTypeReference', [
    'SqlDataTypeOption',
    'Parameters',
    'Name',
  ]);
  const sizes = nodesIn(parameters, 'a length').map((size) => String(size.Value).toLowerCase());
  return `${String(option).toLowerCase()}${sizes.length === 0 ? '' : `(${sizes.join(', ')})`}`;
}
