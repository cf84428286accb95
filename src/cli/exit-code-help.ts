import { exitCodes } from '../errors.js';

const meanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  ok: 'done',
  different:
    'a check answered no: files differ, settings clash, verification failed, a run stopped early, a restore left rows alone, no such row',
  usage: 'the command line or the configuration is wrong',
  connection: 'the database cannot be reached, or refuses the login',
  preflight: 'something is missing or in the way in the database; nothing was changed',
  checksum: 'a generated file was edited, or is not what was signed; nothing was changed',
  partial: 'it failed half-way; the message says what was done',
  interrupted: 'interrupted',
  defect: 'a defect of deepclean',
};

/** The exit codes, at the end of every help text. */
export const exitCodeHelp = [
  'Exit codes:',
  ...Object.entries(exitCodes)
    .map(([name, code]) => ({ code, meaning: meanings[name as keyof typeof exitCodes] }))
    .sort((one, other) => one.code - other.code)
    .map(({ code, meaning }) => `  ${String(code).padStart(3)}  ${meaning}`),
].join('\n');
