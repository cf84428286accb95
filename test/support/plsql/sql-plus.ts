// How SQL*Plus falls a file into statements, and what of their text it would take for something else.
// https://docs.oracle.com/en/database/oracle/oracle-database/19/sqpug/using-SQL-Plus.html

export interface PlusReading {
  /** What it sends to the server, in order. */
  readonly statements: readonly string[];
  readonly complaints: readonly string[];
}

/** Lines may have so many bytes, of which a name in quotes that is long takes some. */
const longestLine = 2499;

const isBlock = (line: string): boolean =>
  /^(DECLARE|BEGIN|CREATE (OR REPLACE )?(PROCEDURE|FUNCTION|PACKAGE|TRIGGER|TYPE))\b/i.test(line);
const isStatement = (line: string): boolean =>
  /^(SELECT|INSERT|UPDATE|DELETE|MERGE|CREATE|ALTER|DROP|GRANT|REVOKE|COMMIT|TRUNCATE|LOCK|WITH|COMMENT)\b/i.test(line);
const isCommand = (line: string): boolean => /^(SET [A-Z]+ (ON|OFF)|WHENEVER SQLERROR EXIT [A-Z ]+)$/.test(line);

/** Reads a file as the client does. */
export function readAsPlus(text: string): PlusReading {
  const statements: string[] = [];
  const complaints: string[] = [];
  const settings = new Map([
    ['DEFINE', 'ON'],
    ['SQLBLANKLINES', 'OFF'],
  ]);
  let open: { readonly lines: string[]; readonly isBlock: boolean } | undefined;
  const close = (last?: string): void => {
    statements.push([...(open?.lines ?? []), ...(last === undefined ? [] : [last])].join('\n'));
    open = undefined;
  };
  for (const [at, line] of text.split('\n').entries()) {
    const complain = (what: string): void => {
      complaints.push(`line ${at + 1}: ${what}: ${line.trim().slice(0, 60)}`);
    };
    for (const what of wrongAnywhere(line)) complain(what);
    if (line.includes('&') && settings.get('DEFINE') === 'ON') complain('"&" begins a variable');
    if (open === undefined) {
      const setting = /^SET ([A-Z]+) (ON|OFF)$/.exec(line);
      if (setting !== null) settings.set(setting[1] ?? '', setting[2] ?? '');
      if (line === '' || line.startsWith('--') || isCommand(line)) continue;
      if (!isBlock(line) && !isStatement(line)) {
        complain('neither a statement nor a command');
        continue;
      }
      open = { lines: [], isBlock: isBlock(line) };
    }
    if (open.isBlock) {
      if (line.trim() === '/') close();
      else open.lines.push(line);
      continue;
    }
    if (line.trim() === '' && settings.get('SQLBLANKLINES') === 'OFF') complain('an empty line ends the statement');
    // Also within a comment or a text in quotes: the client does not look.
    if (/;\s*$/.test(line)) close(line.replace(/;\s*$/, ''));
    else open.lines.push(line);
  }
  if (open !== undefined) complaints.push('the last statement has no end');
  return { statements, complaints };
}

/** What the client would not pass on as it is, wherever it stands. */
function wrongAnywhere(line: string): readonly string[] {
  const whats: string[] = [];
  if (/^\s*\/\s*\S/.test(line) && !/^\s*\/\*/.test(line)) whats.push('a slash at the beginning runs what came before');
  if (line !== '/' && line.trim() === '/') whats.push('a slash that is not at the beginning of its line');
  if (/^\s*\.\s*$/.test(line)) whats.push('a period alone ends the block');
  if (/^\s*[@#!$]/.test(line)) whats.push('a command of the client');
  if (/-\s*$/.test(line) && !/^--+$/.test(line)) whats.push('a hyphen at the end goes on with the next line');
  if (/[^\x20-\x7e]/.test(line)) whats.push('a character that is no ASCII');
  if (Buffer.byteLength(line) > longestLine) whats.push('too long a line');
  return whats;
}
