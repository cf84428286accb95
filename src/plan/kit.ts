import type { Dialect, StoredObject } from '../dialects/dialect.js';
import { supportName } from './names.js';
import type { ObjectNames } from './types.js';

/** Of the routines that cleanups share. A cleanup refuses a kit of another version: raise it when a call changes. */
export const kitVersion = 4;

const parts = {
  number: 'function',
  misfit: 'function',
  settings: 'function',
  takeLock: 'procedure',
  begin: 'procedure',
  check: 'procedure',
  shape: 'procedure',
  open: 'procedure',
  look: 'procedure',
  listed: 'procedure',
  copied: 'procedure',
  emptied: 'procedure',
  session: 'procedure',
  next: 'procedure',
  done: 'procedure',
  followed: 'procedure',
  failed: 'procedure',
  prune: 'procedure',
  prove: 'procedure',
  end: 'procedure',
  beginRestore: 'procedure',
  logRestore: 'procedure',
  checkKept: 'procedure',
  restoreTable: 'procedure',
  keptParts: 'function',
  putBack: 'procedure',
  retryRestore: 'procedure',
  endRestore: 'procedure',
  // A type that is made again under its name is another one to sessions that know it: each version has its own.
  state: 'type',
  source: 'type',
} as const satisfies Record<string, StoredObject['kind']>;

export type KitPart = keyof typeof parts;

export const kitParts = Object.keys(parts) as KitPart[];

/** Parts that only one kind of kit has: one that hands a record on, or one that keeps what a run knows in a row. */
const onlyWithRecords: readonly KitPart[] = [
  'number',
  'settings',
  'listed',
  'followed',
  'keptParts',
  'state',
  'source',
];
const onlyWithRow: readonly KitPart[] = ['copied', 'emptied', 'session', 'restoreTable'];
/** One that reads what a cleanup was made for from a table; and what only one without that has. */
const onlyWithFacts: readonly KitPart[] = ['check', 'shape', 'logRestore', 'checkKept', 'retryRestore'];
const onlyWithoutFacts: readonly KitPart[] = ['takeLock', 'session', 'restoreTable', 'putBack'];

/** Plain name of a part of the kit. */
export const kitName = (part: KitPart, dialect: Dialect, prefix: string): string => {
  const words = part.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return supportName(dialect, prefix, parts[part] === 'type' ? `${words}_v${kitVersion}` : words);
};

/** Plain name of the package that holds the kit, where there are packages. */
export const kitPackageName = (dialect: Dialect, prefix: string): string => supportName(dialect, prefix, 'kit');

/** The register's own procedure and view, which stand beside its table. */
export const registerObjects = (names: Pick<ObjectNames, 'register' | 'stored'>): readonly StoredObject[] => [
  { name: names.register, kind: 'procedure' },
  { name: names.stored, kind: 'view' },
];

/** The routines and types of the kit, in the order in which they can be dropped. */
export function kitObjects(dialect: Dialect, prefix: string): readonly StoredObject[] {
  const { kitPackage, keepsRunInRow, keepsFactsInTable } = dialect.capabilities;
  if (kitPackage) return [{ name: kitPackageName(dialect, prefix), kind: 'package' }];
  return (
    kitParts
      .filter((part) => !(keepsRunInRow ? onlyWithRecords : onlyWithRow).includes(part))
      .filter((part) => !(keepsFactsInTable ? onlyWithoutFacts : onlyWithFacts).includes(part))
      // A procedure that fills a parameter stands for a function: see the dialect's README.
      .map((part) => ({
        name: kitName(part, dialect, prefix),
        kind: keepsRunInRow && parts[part] === 'function' ? 'procedure' : parts[part],
      }))
  );
}
