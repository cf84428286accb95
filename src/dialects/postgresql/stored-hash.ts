import format from 'pg-format';
import type { StoredObject } from '../dialect.js';

/** SHA-256 of a procedure's body, a view's definition or a table's columns, as the server keeps them. */
export function storedHash({ name, kind }: StoredObject, namespace: string | undefined): string {
  const where = `n.nspname = ${format.literal(namespace ?? 'public')}`;
  const hash = (text: string) => `encode(sha256(convert_to(${text}, 'UTF8')), 'hex')`;
  switch (kind) {
    case 'procedure':
      return (
        `(SELECT ${hash('p.prosrc')} FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace ` +
        `WHERE ${where} AND p.proname = ${format.literal(name)})`
      );
    case 'view':
      // The server names the namespace in a view's text or leaves it out, by the reader's search_path.
      return (
        `(SELECT ${hash("replace(pg_get_viewdef(c.oid), quote_ident(n.nspname) || '.', '')")} FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace ` +
        `WHERE ${where} AND c.relname = ${format.literal(name)} AND c.relkind = 'v')`
      );
    case 'table':
      return (
        `(SELECT ${hash("string_agg(format('%s %s', a.attname, format_type(a.atttypid, a.atttypmod)), ',' ORDER BY a.attnum)")} ` +
        'FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace ' +
        `WHERE ${where} AND c.relname = ${format.literal(name)} AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped)`
      );
  }
}
