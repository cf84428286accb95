// What stands in for Oracle's dictionary and functions in a database of IvorySQL: as far as deepclean asks for them, in a
// schema of their own. Names there are in upper case, as Oracle keeps them, and everything belongs to PUBLIC.

export const dictionarySchema = 'oracle_dictionary';

const functions: readonly string[] = [
  `CREATE FUNCTION iv_time RETURN NUMBER IS BEGIN RETURN FLOOR(EXTRACT(EPOCH FROM clock_timestamp()) * 100); END;`,
  `CREATE FUNCTION iv_session RETURN VARCHAR2 IS BEGIN RETURN 'S' || pg_backend_pid(); END;`,
  `CREATE FUNCTION iv_alive(p VARCHAR2) RETURN BOOLEAN IS v NUMBER; BEGIN SELECT COUNT(*) INTO v FROM pg_stat_activity WHERE 'S' || pid = p; RETURN v > 0; END;`,
  `CREATE FUNCTION substr(p VARCHAR2, a NUMBER, n NUMBER) RETURN VARCHAR2 IS BEGIN IF n < 1 THEN RETURN NULL; END IF; RETURN SUBSTR(p, a::int, n::int); END;`,
  `CREATE FUNCTION iv_between_0_and(most NUMBER, p NUMBER) RETURN NUMBER IS BEGIN IF p IS NULL THEN RETURN NULL; END IF; RETURN LEAST(GREATEST(p, 0), most); END;`,
  `CREATE FUNCTION iv_code(state VARCHAR2, message VARCHAR2) RETURN NUMBER IS BEGIN
     IF message LIKE 'ORA-%' THEN RETURN TO_NUMBER(SUBSTR(message, 4, INSTR(message, ':') - 4)); END IF;
     RETURN CASE state WHEN '57014' THEN -1013 WHEN '55P03' THEN -54 WHEN '40P01' THEN -60 WHEN '40001' THEN -8177
       WHEN '23503' THEN -2292 WHEN '23001' THEN -2292 WHEN '23505' THEN -1 WHEN '57P01' THEN -28 WHEN '42P01' THEN -942 ELSE -6502 END;
   END;`,
  `CREATE FUNCTION iv_compatible RETURN VARCHAR2 IS BEGIN RETURN '19.0.0'; END;`,
  `CREATE FUNCTION iv_transaction RETURN VARCHAR2 IS BEGIN RETURN pg_current_xact_id_if_assigned()::text; END;`,
  `CREATE PROCEDURE raise_application_error(n NUMBER, p VARCHAR2) IS BEGIN RAISE EXCEPTION 'ORA%: %', n, p; END;`,
  `CREATE FUNCTION iv_hex(p VARCHAR2) RETURN NUMBER IS BEGIN RETURN ('x' || substr(p, 1, 15))::bit(60)::bigint; END;`,
  `CREATE FUNCTION standard_hash(p VARCHAR2, method VARCHAR2) RETURN VARCHAR2 IS BEGIN RETURN UPPER(encode(sha256(convert_to(p, 'UTF8')), 'hex')); END;`,
  `CREATE FUNCTION sys_context(space VARCHAR2, name VARCHAR2) RETURN VARCHAR2 IS BEGIN
     RETURN CASE name WHEN 'CURRENT_SCHEMA' THEN 'PUBLIC' WHEN 'SESSION_USER' THEN UPPER(session_user)
       WHEN 'DB_NAME' THEN UPPER(current_database()) WHEN 'DATABASE_ROLE' THEN 'PRIMARY'
       WHEN 'SID' THEN pg_backend_pid()::text WHEN 'CLIENT_INFO' THEN current_setting('deepclean.info', true) END;
   END;`,
];

/** Tables, views and indexes of the schema in which a test works. */
const relations = `pg_class c JOIN pg_namespace s ON s.oid = c.relnamespace AND s.nspname = 'public'`;

const views: Readonly<Record<string, string>> = {
  all_tables: `SELECT 'PUBLIC' AS owner, UPPER(c.relname) AS table_name, 'NO' AS nested, 'N' AS secondary, NULL AS iot_name, 'NO' AS dropped,
      CAST(NULL AS NUMBER) AS num_rows, CAST(NULL AS NUMBER) AS avg_row_len, CAST(NULL AS NUMBER) AS blocks, NULL AS tablespace_name
    FROM ${relations} WHERE c.relkind = 'r'`,
  all_tab_cols: `SELECT 'PUBLIC' AS owner, UPPER(c.relname) AS table_name, UPPER(a.attname) AS column_name, a.attnum AS column_id,
      CASE WHEN t.typname LIKE 'oravarchar%' THEN 'VARCHAR2' WHEN t.typname LIKE 'orachar%' THEN 'CHAR' WHEN t.typname = 'int4' THEN 'NUMBER'
        WHEN t.typname = 'oratimestamp' THEN 'TIMESTAMP(' || CASE WHEN a.atttypmod < 0 THEN 6 ELSE a.atttypmod END || ')'
        ELSE UPPER(t.typname) END AS data_type,
      CASE WHEN t.typname LIKE 'ora%char%' THEN a.atttypmod - 4 ELSE 22 END AS data_length,
      CASE WHEN t.typname LIKE 'ora%char%' THEN a.atttypmod - 4 END AS char_length,
      CASE WHEN t.typname LIKE 'ora%charchar' THEN 'C' WHEN t.typname LIKE 'ora%charbyte' THEN 'B' END AS char_used,
      CASE WHEN t.typname = 'number' AND a.atttypmod >= 0 THEN ((a.atttypmod - 4) >> 16) & 65535 END AS data_precision,
      CASE WHEN t.typname = 'number' AND a.atttypmod >= 0 THEN (a.atttypmod - 4) & 2047 WHEN t.typname = 'int4' THEN 0 END AS data_scale,
      CASE WHEN a.attnotnull THEN 'N' ELSE 'Y' END AS nullable, 'NO' AS virtual_column, 'NO' AS hidden_column, 'YES' AS user_generated, NULL AS collation,
      a.attidentity AS identity_kind
    FROM ${relations} JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid WHERE c.relkind = 'r'`,
  all_tab_columns: 'SELECT * FROM all_tab_cols',
  user_tab_cols: 'SELECT * FROM all_tab_cols',
  all_tab_identity_cols: `SELECT owner, table_name, column_name, CASE identity_kind WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END AS generation_type
    FROM all_tab_cols WHERE identity_kind <> ' ' AND identity_kind IS NOT NULL`,
  all_constraints: `SELECT 'PUBLIC' AS owner, UPPER(c.relname) AS table_name, k.oid::text AS constraint_name,
      CASE k.contype WHEN 'f' THEN 'R' WHEN 'p' THEN 'P' ELSE 'U' END AS constraint_type,
      CASE WHEN k.contype = 'f' THEN 'PUBLIC' END AS r_owner,
      (SELECT MIN(p.oid::text) FROM pg_constraint p WHERE k.contype = 'f' AND p.contype IN ('p', 'u') AND p.conindid = k.conindid) AS r_constraint_name,
      CASE k.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' ELSE 'NO ACTION' END AS delete_rule,
      'ENABLED' AS status, 'IMMEDIATE' AS deferred,
      (SELECT UPPER(i.relname) FROM pg_class i WHERE i.oid = k.conindid AND k.contype <> 'f') AS index_name
    FROM ${relations} JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype IN ('f', 'p', 'u')`,
  user_constraints: 'SELECT * FROM all_constraints',
  all_cons_columns: `SELECT 'PUBLIC' AS owner, k.oid::text AS constraint_name, UPPER(a.attname) AS column_name, u.n AS position
    FROM pg_constraint k CROSS JOIN LATERAL unnest(k.conkey) WITH ORDINALITY u (v, n) JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.v`,
  all_indexes: `SELECT 'PUBLIC' AS owner, UPPER(i.relname) AS index_name, 'PUBLIC' AS table_owner, UPPER(c.relname) AS table_name,
      CASE WHEN x.indisunique THEN 'UNIQUE' ELSE 'NONUNIQUE' END AS uniqueness, 'NORMAL' AS index_type, 'NO' AS partitioned, 'VISIBLE' AS visibility, 'VALID' AS status
    FROM ${relations} JOIN pg_index x ON x.indrelid = c.oid JOIN pg_class i ON i.oid = x.indexrelid AND i.relname NOT LIKE '%_rowid_idx'`,
  all_ind_columns: `SELECT 'PUBLIC' AS index_owner, UPPER(i.relname) AS index_name, UPPER(a.attname) AS column_name, u.n AS column_position
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
    CROSS JOIN LATERAL unnest(x.indkey::int2[]) WITH ORDINALITY u (v, n) JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = u.v`,
  all_objects: `SELECT 'PUBLIC' AS owner, UPPER(c.relname) AS object_name, CASE c.relkind WHEN 'r' THEN 'TABLE' ELSE 'VIEW' END AS object_type
    FROM ${relations} WHERE c.relkind IN ('r', 'v')
    UNION ALL SELECT 'PUBLIC', UPPER(p.proname), CASE p.prokind WHEN 'p' THEN 'PROCEDURE' ELSE 'FUNCTION' END
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = 'public'
    UNION ALL SELECT 'PUBLIC', UPPER(k.pkgname), 'PACKAGE' FROM pg_package k JOIN pg_namespace n ON n.oid = k.pkgnamespace WHERE n.nspname = 'public'`,
  user_objects: 'SELECT * FROM all_objects',
  all_source: `SELECT 'PUBLIC' AS owner, UPPER(p.proname) AS name, 'PROCEDURE' AS type, u.n AS line, u.v AS text
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace AND n.nspname = 'public'
    CROSS JOIN LATERAL unnest(string_to_array(p.prosrc, chr(10))) WITH ORDINALITY u (v, n)
    UNION ALL SELECT 'PUBLIC', UPPER(k.pkgname), 'PACKAGE', u.n, u.v
    FROM pg_package k JOIN pg_namespace n ON n.oid = k.pkgnamespace AND n.nspname = 'public'
    CROSS JOIN LATERAL unnest(string_to_array(k.pkgsrc, chr(10))) WITH ORDINALITY u (v, n)
    UNION ALL SELECT 'PUBLIC', UPPER(k.pkgname), 'PACKAGE BODY', u.n, u.v
    FROM pg_package k JOIN pg_namespace n ON n.oid = k.pkgnamespace AND n.nspname = 'public'
    JOIN pg_package_body b ON b.pkgoid = k.oid
    CROSS JOIN LATERAL unnest(string_to_array(b.bodysrc, chr(10))) WITH ORDINALITY u (v, n)`,
  all_views: `SELECT 'PUBLIC' AS owner, UPPER(c.relname) AS view_name, pg_get_viewdef(c.oid) AS text_vc, length(pg_get_viewdef(c.oid)) AS text_length
    FROM ${relations} WHERE c.relkind = 'v'`,
  session_privs: `SELECT UPPER(unnest) AS privilege FROM unnest(string_to_array('create any table,create any index,create any view,create any procedure,create any sequence,create any job,alter any table,drop any table,execute any procedure,select any table,insert any table,update any table,delete any table', ','))`,
  v$session: `SELECT pid AS sid, pid AS "serial#", USER AS username, 'ACTIVE' AS status, (pg_blocking_pids(pid))[1] AS blocking_session
    FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'`,
  product_component_version: `SELECT '19.0.0.0.0' AS version, 'Oracle Database, imitated' AS product FROM DUAL`,
};

const viewsOfTables: Readonly<Record<string, string>> = {
  user_errors: 'SELECT * FROM all_errors',
  user_tab_privs_made: 'SELECT * FROM all_tab_privs',
  user_col_privs_made: 'SELECT * FROM all_col_privs',
};

const tables: readonly string[] = [
  'all_policies (object_owner VARCHAR2(128), object_name VARCHAR2(128), policy_name VARCHAR2(128), enable VARCHAR2(3))',
  'all_tab_privs (table_schema VARCHAR2(128), table_name VARCHAR2(128), grantee VARCHAR2(128), privilege VARCHAR2(40))',
  'all_col_privs (table_schema VARCHAR2(128), table_name VARCHAR2(128), column_name VARCHAR2(128), grantee VARCHAR2(128), privilege VARCHAR2(40))',
  'user_tablespaces (tablespace_name VARCHAR2(30), block_size NUMBER)',
  'session_roles (role VARCHAR2(128))',
  'all_errors (owner VARCHAR2(128), name VARCHAR2(128), type VARCHAR2(20), attribute VARCHAR2(20), sequence NUMBER, line NUMBER, position NUMBER, text VARCHAR2(4000))',
  'nls_session_parameters (parameter VARCHAR2(64), value VARCHAR2(64))',
];

/** What keeps the list of what does not compile, after a statement of which the server complained, or did not. */
export function noteCompiled(sql: string, complaint: string | undefined): readonly string[] {
  const [, type, name] = /^\s*CREATE (?:OR REPLACE )?(PROCEDURE|VIEW) (?:["\w]+\.)?(\w+)/i.exec(sql) ?? [];
  if (type === undefined || name === undefined) return [];
  const object = `owner = 'PUBLIC' AND name = '${name.toUpperCase()}' AND type = '${type.toUpperCase()}'`;
  const forget = `DELETE FROM ${dictionarySchema}.all_errors WHERE ${object}`;
  if (complaint === undefined) return [forget];
  const line = /line (\d+)/.exec(complaint)?.[1] ?? '1';
  return [
    forget,
    `INSERT INTO ${dictionarySchema}.all_errors VALUES ('PUBLIC', '${name.toUpperCase()}', '${type.toUpperCase()}', 'ERROR', 1, ${line}, 1, '${complaint.replaceAll("'", "''")}')`,
  ];
}

/** Takes away procedures of a name that take nothing, or a number: what tests put in the place of a cleanup. */
export const dropOverloads = (name: string): string =>
  `DROP PROCEDURE IF EXISTS ${name}(); DROP PROCEDURE IF EXISTS ${name}(int)`;

/** The fields of the record that a package declares: a type outside of the package, where it cannot stand inside. */
export function recordOf(sql: string): string | undefined {
  const [, fields] = /\bTYPE run IS RECORD \(([\s\S]*?)\n {2}\);/.exec(sql) ?? [];
  return fields?.replace(/--[^\n]*/g, '').replace(/(VARCHAR2\(\d+) (?:BYTE|CHAR)\)/g, '$1)');
}

/** For the administrator's connection to a new database. */
export const standIns = (database: string): readonly string[] => [
  `CREATE SCHEMA ${dictionarySchema}`,
  `SET search_path = ${dictionarySchema}, public, pg_catalog, sys`,
  ...functions,
  ...Object.entries(views).map(([name, query]) => `CREATE VIEW ${name} AS ${query}`),
  ...tables.map((table) => `CREATE TABLE ${table}`),
  ...Object.entries(viewsOfTables).map(([name, query]) => `CREATE VIEW ${name} AS ${query}`),
  `INSERT INTO nls_session_parameters VALUES ('NLS_COMP', 'BINARY'), ('NLS_SORT', 'BINARY')`,
  `ALTER DATABASE ${database} SET search_path = public, ${dictionarySchema}, pg_catalog, sys`,
];
