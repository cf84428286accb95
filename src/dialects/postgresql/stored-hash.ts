import format from 'pg-format';
import type { ObjectKind } from '../dialect.js';
import { unionAll } from '../union-all.js';

/** SHA-256 of procedures' bodies, views' definitions and tables' columns, as the server keeps them. */
export function storedHashes(kinds: ReadonlySet<ObjectKind>, namespace: string | undefined): readonly string[] {
  const has = (...some: ObjectKind[]) => some.some((kind) => kinds.has(kind));
  const inNamespace = `WHERE n.nspname = ${format.literal(namespace ?? 'public')}`;
  const hash = (text: string) => `  encode(sha256(convert_to(${text}, 'UTF8')), 'hex') AS stored_sha256`;
  const routines = [
    'SELECT p.proname AS object_name,',
    "  CASE WHEN bool_or(p.prokind = 'p') THEN 'procedure' ELSE 'function' END AS object_kind,",
    // Overloads and attributes count too: one that sets a variable can no longer commit.
    hash("string_agg(concat_ws(' ', p.prosrc, p.prosecdef, p.proconfig), ',' ORDER BY p.oid)"),
    'FROM pg_proc p',
    'JOIN pg_namespace n ON n.oid = p.pronamespace',
    inNamespace,
    'GROUP BY p.proname',
  ];
  const views = [
    "SELECT c.relname AS object_name, 'view' AS object_kind,",
    // The server names the namespace in a view's text or leaves it out, by the reader's search_path.
    hash("replace(pg_get_viewdef(c.oid), quote_ident(n.nspname) || '.', '')"),
    'FROM pg_class c',
    'JOIN pg_namespace n ON n.oid = c.relnamespace',
    `${inNamespace} AND c.relkind = 'v'`,
  ];
  const tables = [
    "SELECT c.relname AS object_name, CASE c.relkind WHEN 'r' THEN 'table' ELSE 'type' END AS object_kind,",
    hash("string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum)"),
    'FROM pg_attribute a',
    'JOIN pg_class c ON c.oid = a.attrelid',
    'JOIN pg_namespace n ON n.oid = c.relnamespace',
    `${inNamespace} AND c.relkind IN ('r', 'c') AND a.attnum > 0 AND NOT a.attisdropped`,
    'GROUP BY c.oid, c.relname, c.relkind',
  ];
  return unionAll([
    ...(has('function', 'procedure') ? [routines] : []),
    ...(has('view') ? [views] : []),
    ...(has('table', 'type') ? [tables] : []),
  ]);
}
