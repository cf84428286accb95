import type { Dialect } from '../../dialects/dialect.js';
import { sqlName } from '../../dialects/sql-name.js';
import { kitObjects } from '../../plan/kit.js';
import { listWords, supportName } from '../../plan/names.js';
import type { ObjectNames } from '../../plan/types.js';

/** What the removal of the shared tables must know; nothing of it depends on a cleanup. */
export interface SharedView {
  /** As SQL has them, in the order in which they can be dropped: the register last. */
  readonly sharedTables: readonly string[];
  /** Statements that drop the routines that cleanups share, before the tables. */
  readonly kitDrops: readonly string[];
  /** Statements that drop them, by lines. */
  readonly drops: readonly (readonly string[])[];
  /** Begin the names of what a cleanup makes besides its procedures. */
  readonly beginnings: readonly { readonly text: string; readonly length: number }[];
  readonly uninstaller: string;
  readonly plainUninstaller: string;
}

/** Prepares the removal of what all cleanups of a schema share. */
export function viewShared(names: ObjectNames, dialect: Dialect, namespace: string | undefined): SharedView {
  const qualify = (name: string) => sqlName(dialect, name, namespace);
  const { keepsFactsInTable } = dialect.capabilities;
  const ofKit = [names.runError, names.position, names.lock];
  const facts = keepsFactsInTable ? [names.fact] : [];
  const tables = [...ofKit, ...facts, names.runReason, names.runStep, names.run, names.setting, names.object];
  const prefix = names.setting.replace(/setting$/i, '');
  const words = [...new Set(['bak_', 'backlog_', ...Object.values(listWords)])];
  const plainUninstaller = supportName(dialect, prefix, 'uninstall');
  return {
    sharedTables: tables.map(qualify),
    kitDrops: kitObjects(dialect, prefix).map((object) => dialect.catalog.drop(object, namespace)),
    drops: [
      ...kitObjects(dialect, prefix).filter(({ kind }) => kind === 'package'),
      ...tables.map((name) => ({ name, kind: 'table' as const })),
    ].map((object) => dialect.catalog.drop(object, namespace).split('\n')),
    beginnings: words.map((word) => {
      const text = supportName(dialect, prefix, word);
      return { text, length: text.length };
    }),
    uninstaller: qualify(plainUninstaller),
    plainUninstaller,
  };
}
