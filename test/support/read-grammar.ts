/**
 * Has the public grammars read what they have not read yet, and notes it piece by piece, so that no reading is lost.
 *
 *   npx tsx test/support/read-grammar.ts [mssql] [oracle]
 */
import { writeFileSync } from 'node:fs';
import { complaintsOf, grammars, ledgerFile, piecesOf, readLedger } from './grammar.js';

let wrong = 0;
const asked = process.argv.slice(2);
for (const name of grammars.filter((one) => asked.length === 0 || asked.includes(one))) {
  const pieces = new Map(piecesOf(name).map((piece) => [piece.shape, piece]));
  const read = new Set(readLedger(name).filter((shape) => pieces.has(shape)));
  const note = () => writeFileSync(ledgerFile(name), `${JSON.stringify([...read].sort(), null, 2)}\n`);
  const unread = [...pieces.values()].filter(({ shape }) => !read.has(shape));
  note();
  console.log(`${name}: ${pieces.size} pieces, ${unread.length} to be read`);
  // Short ones first: they teach the grammar what the long ones repeat.
  unread.sort((one, other) => one.sql.length - other.sql.length);
  for (const [at, { file, line, sql, shape }] of unread.entries()) {
    const began = Date.now();
    const complaints = complaintsOf(name, sql);
    const seconds = ((Date.now() - began) / 1000).toFixed(1);
    console.log(`${at + 1}/${unread.length} ${file}:${line}, ${sql.length} characters, ${seconds} s`);
    for (const complaint of complaints) console.log(`  ${complaint}`);
    wrong += complaints.length;
    if (complaints.length > 0) continue;
    read.add(shape);
    note();
  }
}
process.exitCode = wrong > 0 ? 1 : 0;
