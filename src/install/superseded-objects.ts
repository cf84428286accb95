import type { Dialect, StoredObject } from '../dialects/dialect.js';
import { sqlName } from '../dialects/sql-name.js';
import { supportColumn } from '../dialects/support-column.js';
import type { Deliverable } from '../render/deliverable.js';
import { objectKey } from './object-key.js';
import type { Installed } from './types.js';

/** Views of an older version of deepclean, of which this one makes functions of the same name. */
export function supersededViews(
  deliverables: readonly Deliverable[],
  { existing, marked, registered }: Installed,
): readonly StoredObject[] {
  const functions = deliverables.flatMap(({ files }) =>
    files.flatMap(({ objects }) => objects.filter(({ kind }) => kind === 'function')),
  );
  const isOurs = (view: StoredObject) =>
    marked.has(objectKey(view)) || registered.some((entry) => objectKey(entry) === objectKey(view));
  return existing.filter(
    (object) => object.kind === 'view' && functions.some(({ name }) => name === object.name) && isOurs(object),
  );
}

/** Drops them, and strikes them out of the register. */
export function dropSuperseded(
  views: readonly StoredObject[],
  { names, namespace }: Deliverable,
  { registered }: Installed,
  dialect: Dialect,
): readonly { readonly title: string; readonly sql: string }[] {
  const { literal } = dialect.expressions;
  const [name, kind] = [supportColumn(dialect, 'object_name'), supportColumn(dialect, 'object_kind')];
  return views.flatMap((view) => [
    {
      title: `drop view ${view.name}, which becomes a function: the view kept the product from changing its columns`,
      sql: dialect.catalog.drop(view, namespace),
    },
    ...(registered.some((entry) => objectKey(entry) === objectKey(view))
      ? [
          {
            title: `forget view ${view.name}`,
            sql: `DELETE FROM ${sqlName(dialect, names.object, namespace)} WHERE ${name} = ${literal(view.name)} AND ${kind} = 'view'`,
          },
        ]
      : []),
  ]);
}
