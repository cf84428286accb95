import type { Problem } from '../errors.js';
import type { Deliverable, RequiredTable } from '../render/deliverable.js';
import { findColumn, findTable } from '../schema/find.js';
import type { ColumnFamily, Schema, Table } from '../schema/types.js';

const next = (source: string): string =>
  `The files were made for ${source}. Write an inspection file of this database (\`deepclean inspect\`), generate from it, and have the result reviewed.`;

/** Where a live schema does not fit files that were generated far away from it. */
export function requirementProblems(deliverable: Deliverable, schema: Schema): readonly Problem[] {
  const whats = [
    ...deliverable.requires.flatMap((required) => tableProblems(required, schema, deliverable.backup !== 'none')),
    ...newChildren(deliverable, schema),
  ];
  return whats.map((what) => ({ what, next: next(deliverable.source) }));
}

function tableProblems(required: RequiredTable, schema: Schema, isCopied: boolean): readonly string[] {
  const table = findTable(schema, required.table);
  if (table === undefined) return [`${schema.source} has no table ${required.table}`];
  const columns = required.columns.flatMap(({ name, type, family }) => {
    const column = findColumn(table, name);
    if (column === undefined) return [`${table.name} has no column ${name}`];
    const fits =
      column.family === family &&
      (!required.complete || !isCopied || plainType(column.type, column.family) === plainType(type, family));
    return fits ? [] : [`${table.name}.${column.name} is of type ${column.type}, and the files expect ${type}`];
  });
  const unknown = required.complete
    ? table.columns.filter(({ name }) => !required.columns.some((one) => one.name.toLowerCase() === name.toLowerCase()))
    : [];
  return [
    ...(table.obstacle === undefined ? [] : [`${table.name} ${table.obstacle}`]),
    ...(table.hidden === undefined ? [] : [`${table.name} ${table.hidden}`]),
    ...columns,
    ...unknown.map(({ name }) => `${table.name} has a column ${name}, of which the files do not know`),
  ];
}

/** The width of a whole number is how it is shown, not what it holds, and only some servers still print it. */
const plainType = (type: string, family: ColumnFamily): string => {
  const lower = type.toLowerCase();
  return family === 'integer' ? lower.replace(/\(\d+\)/, '') : lower;
};

/** Tables whose rows would go with a deleted one, and of which the files do not know. */
function newChildren({ requires }: Deliverable, schema: Schema): readonly string[] {
  const whole = new Set(requires.filter(({ complete }) => complete).map(({ table }) => table.toLowerCase()));
  const known = new Set(requires.map(({ table }) => table.toLowerCase()));
  return schema.tables.flatMap((table: Table) =>
    known.has(table.name.toLowerCase())
      ? []
      : table.foreignKeys
          .filter(({ references }) => whole.has(references.toLowerCase()))
          .map(({ references }) => `${table.name} refers to ${references}, and the files do not know of it`),
  );
}
