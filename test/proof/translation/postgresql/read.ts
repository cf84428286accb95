import { loadModule } from 'libpg-query';
import type { Files } from '../files.js';
import type { Reading } from '../subject.js';
import { postgresql } from './engine.js';
import { given } from './given.js';
import { readProcedure } from './read-procedure.js';
import { readTables } from './read-tables.js';

/** The parsers are WebAssembly. */
await loadModule();

export const read = ({ plan, procedure, tables }: Files): Reading => ({
  plan,
  procedure: readProcedure(procedure),
  own: readTables(tables),
  dialect: { engine: postgresql, given },
});
