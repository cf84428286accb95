import { type Found, NotUnderstood } from '../only.js';
import { nodeIn, partsOf } from './nodes.js';

/** Kept by the server with what a file creates. */
const ofTheFile: readonly string[] = ['AnsiNulls', 'QuotedIdentifier'];

/** What the meaning of an expression rests on, whatever the caller has set: text and NULL are NULL, overflow is an error. */
const ofTheRun: Readonly<Record<string, boolean>> = {
  AnsiPadding: true,
  AnsiWarnings: true,
  ArithAbort: true,
  ConcatNullYieldsNull: true,
  XactAbort: true,
  NumericRoundAbort: false,
};

type Statement = Found & { readonly node: string };

/** What statements switch on and off, by the last word. */
function switched(statements: readonly Statement[]): ReadonlyMap<string, boolean> {
  return new Map(
    statements.flatMap((statement): [string, boolean][] => {
      if (statement.node !== 'PredicateSetStatement') return [];
      const { Options: options, IsOn: isOn } = partsOf(statement, ['Options', 'IsOn']);
      return String(options)
        .split(', ')
        .map((option) => [option, isOn === true]);
    }),
  );
}

export function checkFileSettings(statements: readonly Statement[]): void {
  const set = switched(statements);
  if (!ofTheFile.every((option) => set.get(option) === true))
    throw new NotUnderstood('the settings of a file', [...set]);
}

export function checkRunSettings(statements: readonly Statement[]): void {
  const limits = statements.flatMap((statement) =>
    statement.node === 'SetRowCountStatement' ? [nodeIn(statement.NumberRows, 'a number').Value] : [],
  );
  if (limits.join() !== '0') throw new NotUnderstood('ROWCOUNT', limits);
  const set = switched(statements);
  for (const [option, isOn] of Object.entries(ofTheRun)) {
    if (set.get(option) !== isOn) throw new NotUnderstood(`${option}, other than ${isOn ? 'ON' : 'OFF'}`, [...set]);
  }
}
