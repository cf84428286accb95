import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { importer } from '@dbml/core';
import { describe, expect, test } from 'vitest';
import { findDialect } from '../../src/dialects/registry.js';
import { type Statement, statementsOf } from '../../src/render/artifact.js';

// The first parse of a procedure fills the grammar's caches, which takes half a minute.
const slowMs = 240_000;

/** For servers that cannot be had everywhere: at least a grammar of their language reads every file. */
describe.each(['mssql'] as const)('generated/%s', (name) => {
  const folder = fileURLToPath(new URL(`../../generated/${name}/`, import.meta.url));
  const { script } = findDialect(name);
  const read = (file: string): readonly Statement[] =>
    statementsOf({ file, text: readFileSync(`${folder}${file}`, 'utf8') }, script);
  const complaintsOf = (sql: string): readonly string[] => {
    try {
      importer.import(sql, name);
      return [];
    } catch (error) {
      const { diags = [] } = error as { readonly diags?: readonly Complaint[] };
      return diags.length === 0
        ? [String(error)]
        : diags.map(({ message, location }) => `line ${location?.start?.line}: ${message}`);
    }
  };

  test.each(readdirSync(folder).filter((file) => file.endsWith('.sql')))(
    '%s has no error of syntax',
    (file) => {
      const statements = read(file);
      expect(statements.length).toBeGreaterThan(0);
      for (const { name: statement, sql } of statements) {
        expect({ statement, complaints: complaintsOf(sql) }).toEqual({ statement, complaints: [] });
      }
    },
    slowMs,
  );

  test(
    'a procedure that lacks an END would be seen',
    () => {
      const [procedure] = read('40-restore_jti.sql').filter(({ kind }) => kind === 'procedure');
      const broken = procedure?.sql.replace(/\n {2}END CATCH;\n/, '\n') ?? '';
      expect(broken).not.toBe(procedure?.sql);
      expect(complaintsOf(broken)).not.toEqual([]);
    },
    slowMs,
  );
});

interface Complaint {
  readonly message: string;
  readonly location?: { readonly start?: { readonly line: number } };
}
