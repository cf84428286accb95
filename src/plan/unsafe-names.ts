import type { Dialect } from '../dialects/dialect.js';
import type { Problem } from '../errors.js';
import type { Schema } from '../schema/types.js';

/**
 * Names, types and collations that would not stay inside their quotes, or inside of a comment, in a file that the vendor's
 * own client runs. Quoting makes every other name safe.
 */
export function unsafeNames(schema: Schema, { script, title }: Dialect): readonly Problem[] {
  const isActedUpon = (text: string): boolean => script.unsafeInNames?.test(text) === true;
  const names = namesOf(schema).filter((text) => controls.test(text) || isActedUpon(text));
  // Stands in comments only
  const source = controls.test(schema.source) ? [schema.source] : [];
  return [...new Set([...source, ...names])].map((text) => ({
    what: `The name ${JSON.stringify(text)} cannot be written into a file that a client of ${title} runs`,
    next: 'Rename it: deepclean writes no SQL with line breaks, control characters, or what that client replaces, in a name.',
  }));
}

/** Line breaks of every kind, and what a terminal or a client acts upon. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

const namesOf = ({ namespace, tables }: Schema): readonly string[] => [
  ...(namespace === undefined ? [] : [namespace]),
  ...tables.flatMap((table) => [
    table.name,
    ...table.columns.flatMap(({ name, type, collation }) => [name, type, ...(collation ? [collation.name] : [])]),
    ...table.foreignKeys.flatMap(({ columns, references, referencedColumns }) => [
      references,
      ...columns,
      ...referencedColumns,
    ]),
    ...table.indexes.flatMap(({ name, columns }) => [name, ...columns]),
  ]),
];
