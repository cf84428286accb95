import type { StoredObject } from '../dialects/dialect.js';
import type { Problem } from '../errors.js';
import type { Deliverable } from '../render/deliverable.js';
import { objectKey } from './object-key.js';
import { looksLikeOurs } from './support-tables.js';
import type { Installed } from './types.js';

/** An object that bears a name which deepclean wants, and that deepclean did not make. */
export interface ForeignObject {
  readonly object: StoredObject;
  readonly problem: Problem;
}

/** Objects in the way, each once. */
export function foreignObjects(deliverables: readonly Deliverable[], installed: Installed): readonly ForeignObject[] {
  const found = deliverables.flatMap((deliverable) =>
    deliverable.files.flatMap(({ objects }) =>
      objects.flatMap((wanted) => {
        const rivals = installed.existing.filter(
          (object) => object.name === wanted.name && isRoutine(object) === isRoutine(wanted),
        );
        const ours = rivals.length === 1 && rivals.every((rival) => isOurs(rival, wanted, deliverable, installed));
        return ours
          ? []
          : rivals.map((object) => ({ object, problem: problemOf(object, deliverable, rivals.length > 1) }));
      }),
    ),
  );
  return [...new Map(found.map((one) => [`${objectKey(one.object)}(${one.object.arguments ?? ''})`, one])).values()];
}

/** Tables and views share their names; procedures and functions have their own. */
const isRoutine = ({ kind }: { readonly kind: string }): boolean => kind === 'procedure' || kind === 'function';

function isOurs(
  found: StoredObject,
  wanted: { readonly kind: string },
  { names }: Deliverable,
  { registered, marked, tables }: Installed,
): boolean {
  if (found.kind !== wanted.kind) return false;
  const table = tables.find(({ name }) => name === found.name);
  if (found.kind === 'table') return table !== undefined && looksLikeOurs(table, names);
  return marked.has(objectKey(found)) || registered.some((entry) => objectKey(entry) === objectKey(found));
}

function problemOf(object: StoredObject, { policy, names }: Deliverable, isOneOfMany: boolean): Problem {
  const { name, kind } = object;
  const setting =
    name === names.procedure && isRoutine(object)
      ? `procedures.${policy}.procedure`
      : name === names.restore && isRoutine(object)
        ? `procedures.${policy}.restore`
        : 'prefix';
  const title = object.arguments === undefined ? name : `${name}(${object.arguments})`;
  return {
    what: isOneOfMany
      ? `${kind} ${title} is one of several of that name, and deepclean installs only one`
      : `${kind} ${title} exists and was not installed by deepclean`,
    next: `Choose another name with ${setting} in the configuration, drop that ${kind}, or have it replaced with --replace ${name}.`,
  };
}
