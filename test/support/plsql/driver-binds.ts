import { createRequire } from 'node:module';
import { tokensOf } from './tokens.js';

interface DriverStatement {
  readonly bindInfoList: readonly { readonly bindName: string }[];
  _prepare(sql: string): void;
}

// How the driver reads a statement is no part of its interface.
const { Statement } = createRequire(import.meta.url)('oracledb/lib/thin/statement.js') as {
  readonly Statement: new () => DriverStatement;
};

/** What node-oracledb takes for bind variables in a statement. */
export function driverBinds(sql: string): readonly string[] {
  const statement = new Statement();
  statement._prepare(sql);
  return statement.bindInfoList.map(({ bindName }) => bindName);
}

/** A colon with a name behind it outside of texts and comments: SQL*Plus asks for such a variable in every statement. */
export const colonNames = (sql: string): readonly string[] => {
  const tokens = tokensOf(sql);
  return tokens.flatMap(({ text, kind, line }, at) =>
    tokens[at - 1]?.text === ':' && (kind === 'word' || kind === 'number') ? [`line ${line}: :${text}`] : [],
  );
};
