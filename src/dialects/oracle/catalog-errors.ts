import type { CompileError, Connection, StoredObject } from '../dialect.js';
import { expressions } from './expressions.js';
import { ownerOf, storedName } from './owner.js';

const query = ({ name, kind }: StoredObject, namespace: string | undefined) => `
  SELECT e.LINE AS line, e.POSITION AS position, e.TEXT AS text
  FROM ALL_ERRORS e
  WHERE e.OWNER = ${ownerOf(namespace)} AND e.NAME = ${expressions.literal(storedName(name))}
    AND e.TYPE IN (${typesOf(kind).map(expressions.literal).join(', ')}) AND e.ATTRIBUTE = 'ERROR'
  ORDER BY e.SEQUENCE`;

const typesOf = (kind: StoredObject['kind']): readonly string[] =>
  kind === 'package' ? ['PACKAGE', 'PACKAGE BODY'] : [kind.toUpperCase()];

/**
 * A procedure or a view that does not compile is made all the same, and fails when it is used.
 * https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/ALL_ERRORS.html
 */
export async function compileErrors(
  connection: Connection,
  object: StoredObject,
  namespace: string | undefined,
): Promise<readonly CompileError[]> {
  if (object.kind === 'table') return [];
  const rows = await connection.query(query(object, namespace));
  return (
    rows
      .map((row) => ({ line: Number(row.line), column: Number(row.position), text: String(row.text).trim() }))
      // "Statement ignored" only says that another error stands in it.
      .filter(({ text }, _, all) => !/^PL\/SQL: .*ignored$/.test(text) || all.length === 1)
  );
}
