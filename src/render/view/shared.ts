import type { Dialect } from '../../dialects/dialect.js';
import { sqlName } from '../../dialects/sql-name.js';
import { kitObjects, registerObjects } from '../../plan/kit.js';
import { backupWords, listWords, supportName } from '../../plan/names.js';
import type { ObjectNames } from '../../plan/types.js';

/** What the removal of the shared tables must know; nothing of it depends on a cleanup. */
export interface SharedView {
  /** As SQL has them, in the order in which they can be dropped: the register last. */
  readonly sharedTables: readonly string[];
  /** The routines that cleanups share, and the register's view, which go before the tables; a package takes its body along. */
  readonly routines: readonly {
    readonly name: string;
    readonly keyword: string;
    readonly sqlName: string;
    readonly drop: string;
  }[];
  /** Begin the names of what a cleanup makes besides its procedures. */
  readonly beginnings: readonly { readonly text: string; readonly length: number }[];
  readonly uninstaller: string;
  readonly plainUninstaller: string;
}

/** Prepares the removal of what all cleanups of a schema share. */
export function viewShared(names: ObjectNames, dialect: Dialect, namespace: string | undefined): SharedView {
  const qualify = (name: string) => sqlName(dialect, name, namespace);
  const { keepsFactsInTable } = dialect.capabilities;
  const ofKit = [names.runError, names.runRest, names.runProof, names.position, names.lock];
  const facts = keepsFactsInTable ? [names.fact] : [];
  const tables = [
    ...ofKit,
    ...facts,
    names.runReason,
    names.runStep,
    names.run,
    names.setting,
    names.signature,
    names.object,
  ];
  const prefix = names.setting.replace(/setting$/i, '');
  const words = [...new Set([...Object.values(backupWords), 'backlog_', ...Object.values(listWords)])];
  const plainUninstaller = supportName(dialect, prefix, 'uninstall');
  return {
    sharedTables: tables.map(qualify),
    routines: [...kitObjects(dialect, prefix), ...registerObjects(names)].map((object) => ({
      name: object.name,
      keyword: object.kind.toUpperCase(),
      sqlName: qualify(object.name),
      drop: dialect.catalog.drop(object, namespace),
    })),
    beginnings: words.map((word) => {
      const text = supportName(dialect, prefix, word);
      return { text, length: text.length };
    }),
    uninstaller: qualify(plainUninstaller),
    plainUninstaller,
  };
}
