import type { Dialect, StoredObject } from '../dialects/dialect.js';
import type { Deliverable, DeliveredFile } from '../render/deliverable.js';
import type { MadeObject } from '../render/render-plan.js';
import { backupChanges } from './backup-changes.js';
import { missingKeys } from './backup-keys.js';
import { formerListsOf } from './installed.js';
import { objectKey } from './object-key.js';
import { recordSignatures } from './record-signatures.js';
import { retireSettings } from './retire-settings.js';
import { dropSuperseded, supersededViews } from './superseded-objects.js';
import { isListOfDead } from './support-tables.js';
import type { ExtraStatement, Found, Installed, InstallPlan, ObjectState, PlannedObject } from './types.js';

/** Compares what is to be installed with what is there. Pure. */
export function planInstall(found: Found, dialect: Dialect): InstallPlan {
  const { deliverables, installed, schema, replaced } = found;
  const { namespace } = schema;
  const changes = backupChanges(deliverables, schema, installed.tables, dialect);
  const keys = missingKeys(deliverables, schema, installed.tables, dialect);
  const [first] = deliverables;
  const superseded = supersededViews(deliverables, installed);
  const replacements = [
    ...(first === undefined ? [] : dropSuperseded(superseded, first, installed, dialect)),
    ...replaced.map((object) => ({
      title: `drop ${object.kind} ${object.name}`,
      sql: dialect.catalog.drop(object, namespace),
    })),
    ...keys.flatMap(({ table, column }) =>
      dialect.catalog.addKey(table, column, namespace).map((sql) => ({ title: `add a key to ${table}`, sql })),
    ),
    ...changes.map((change) => ({
      title: `${change.change} column ${change.table}.${change.column.name}`,
      sql: dialect.catalog.changeColumn(change, namespace),
    })),
    ...deliverables.flatMap((one) => retireSettings(one, installed, dialect)),
  ];
  const all = deliverables.flatMap(({ files }) => files);
  const files = [...new Map(all.map((file) => [file.file, file])).values()];
  const objects = files.flatMap(({ file, objects: made }) =>
    made.map((object): PlannedObject => {
      const columns = changes
        .filter(({ table }) => object.kind === 'table' && table === object.name)
        .map(
          ({ column, change }) => `column ${column.name} ${change === 'add' ? 'is added' : `becomes ${column.type}`}`,
        );
      const isKeyless = object.kind === 'table' && keys.some(({ table }) => table === object.name);
      const notes = [...columns, ...(isKeyless ? ['gets a key'] : [])];
      const gone = replaced.some(({ name, kind }) => name === object.name && kind === object.kind);
      const state = gone ? 'new' : stateOf(object, installed, notes.length > 0);
      return { file, object, state, notes: gone ? ['replaces what is there'] : notes };
    }),
  );
  const extras = [...replacements, ...listDrops(objects, found, dialect)];
  const missing = new Map(deliverables.map((one) => [one, missingSettingsOf(one, installed)]));
  const isTouched = (file: DeliveredFile) =>
    objects.some((planned) => planned.file === file.file && planned.state !== 'same') ||
    [...missing].some(
      ([one, settings]) =>
        (settings.length > 0 || installed.lostRuns.has(one.policy)) && one.files.includes(file) && seedsSettings(file),
    );
  const run = files.filter(isTouched);
  const signatures = recordSignatures(found, dialect);
  return {
    isNeeded: run.length > 0 || extras.length > 0 || signatures.length > 0,
    objects,
    missingSettings: [...missing.values()].flat(),
    lostRuns: deliverables.flatMap(({ policy, names }) => {
      const runs = installed.lostRuns.get(policy);
      return runs === undefined ? [] : [{ procedure: names.procedure, runs }];
    }),
    keptOtherwise: [...installed.keptOtherwise].map(([table, rows]) => ({ table, rows })),
    extras,
    files: run,
    signatures,
    ...(found.review && { review: found.review }),
    unregistered: objects.map(({ object }) => object).filter((object) => entryOf(object, installed) === undefined),
    deliverables,
  };
}

/**
 * Lists and the lock, which hold nothing between two runs, are made again if they do not fit any more, and lists of earlier
 * versions go. The files themselves drop none: run by hand in the middle of a run, they would take away what it goes by.
 */
function listDrops(
  objects: readonly PlannedObject[],
  { deliverables, installed, schema }: Found,
  dialect: Dialect,
): readonly ExtraStatement[] {
  const names = deliverables[0]?.names;
  const former = new Set(deliverables.flatMap((one) => formerListsOf(one, dialect)));
  const isEmptyOrFree = (name: string) => names !== undefined && (name === names.lock || isListOfDead(name, names));
  const misfits = objects.filter(({ object, state }) => state === 'changed' && isEmptyOrFree(object.name));
  const drops = [
    ...misfits.map(({ object }) => object.name),
    ...installed.existing.filter(({ name, kind }) => kind === 'table' && former.has(name)).map(({ name }) => name),
  ];
  return [...new Set(drops)].map((name) => ({
    title: `drop table ${name}`,
    sql: dialect.catalog.drop({ name, kind: 'table', isList: true }, schema.namespace),
  }));
}

const entryOf = (object: MadeObject, { registered }: Installed) =>
  registered.find((entry) => objectKey(entry) === objectKey(object));

function stateOf(object: MadeObject, installed: Installed, isAltered: boolean): ObjectState {
  const stored = installed.stored.get(objectKey(object));
  if (stored === undefined && !exists(object, installed)) return 'new';
  const entry = entryOf(object, installed);
  const same = entry?.artifactSha256 === object.sha256 && entry.storedSha256 === stored;
  return same && !isAltered ? 'same' : 'changed';
}

const exists = (object: StoredObject, { existing }: Installed): boolean =>
  existing.some((one) => objectKey(one) === objectKey(object));

const missingSettingsOf = ({ names, settings }: Deliverable, installed: Installed): readonly string[] =>
  settings.map((name) => `${names.procedure}.${name}`).filter((name) => !installed.settings.has(name));

const seedsSettings = ({ text }: DeliveredFile): boolean => /^-- @statement settings /m.test(text);
