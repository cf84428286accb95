import type { Script } from '../dialect.js';

/**
 * SQL*Plus and SQLcl end a block of PL/SQL at a line with a slash, and send its last semicolon; of any other statement
 * they send what stands before the semicolon.
 * https://docs.oracle.com/en/database/oracle/oracle-database/19/sqpug/using-SQL-Plus.html
 */
export const script: Script = {
  // No name of Oracle's holds a double quote. A single one, or a brace with one behind it, ends the text of a statement that
  // is executed from a block; SQL*Plus reads "&" as a variable if DEFINE is on.
  unsafeInNames: /["'&]/,
  unwrap: (text) => {
    const block = /^([\s\S]*?)\n\/\s*$/.exec(text)?.[1];
    return block ?? text.replace(/;\s*$/, '');
  },
};
