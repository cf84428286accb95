import type { Files } from '../files.js';
import type { Reading } from '../subject.js';
import { mssql } from './engine.js';
import { given } from './given.js';
import { parse } from './parser.js';
import { readProcedure, statementsIn } from './read-procedure.js';
import { readTables } from './read-tables.js';

export async function read({ plan, procedure: file, tables }: Files): Promise<Reading> {
  const { procedure, own } = readProcedure(statementsIn(await parse(file)));
  return {
    plan,
    procedure,
    own: new Map([...readTables(statementsIn(await parse(tables))), ...own]),
    dialect: { engine: mssql, given },
  };
}
