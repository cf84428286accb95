import type { Files } from '../files.js';
import type { Reading } from '../subject.js';
import { mysql } from './engine.js';
import { given } from './given.js';
import { readProcedure } from './read-procedure.js';
import { readTables } from './read-tables.js';

export const read = ({ plan, procedure, tables }: Files): Reading => ({
  plan,
  procedure: readProcedure(procedure),
  own: readTables(tables),
  dialect: { engine: mysql, given },
});
