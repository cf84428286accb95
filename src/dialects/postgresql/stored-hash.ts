import format from 'pg-format';
import type { StoredObject } from '../dialect.js';

/** SHA-256 of a procedure's body, a view's definition or a table's columns, as the server keeps them. */
export function storedHash({ name, kind }: StoredObject, namespace: string | undefined): readonly string[] {
  const where = `WHERE n.nspname = ${format.literal(namespace ?? 'public')}`;
  const named = format.literal(name);
  const hash = (text: string) => `(SELECT encode(sha256(convert_to(${text}, 'UTF8')), 'hex')`;
  switch (kind) {
    case 'function':
    case 'procedure':
      return [
        // Overloads and attributes count too: one that sets a variable can no longer commit.
        hash("string_agg(concat_ws(' ', p.prosrc, p.prosecdef, p.proconfig), ',' ORDER BY p.oid)"),
        ' FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace',
        ` ${where} AND p.proname = ${named})`,
      ];
    case 'view':
      return [
        // The server names the namespace in a view's text or leaves it out, by the reader's search_path.
        hash("replace(pg_get_viewdef(c.oid), quote_ident(n.nspname) || '.', '')"),
        ' FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace',
        ` ${where} AND c.relname = ${named} AND c.relkind = 'v')`,
      ];
    case 'table':
    case 'type':
      return [
        hash("string_agg(concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum)"),
        ' FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace',
        ` ${where} AND c.relname = ${named} AND c.relkind = '${kind === 'table' ? 'r' : 'c'}' AND a.attnum > 0 AND NOT a.attisdropped)`,
      ];
  }
}
