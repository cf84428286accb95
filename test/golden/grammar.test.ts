import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { importer } from '@dbml/core';
import { describe, expect, test } from 'vitest';
import { findDialect } from '../../src/dialects/registry.js';
import { type Statement, statementsOf } from '../../src/render/artifact.js';
import { parseSchedule } from '../../src/schedule/model.js';
import { renderSchedule } from '../../src/schedule/render-schedule.js';

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The first parse of a procedure takes half a minute, and all of them ten; twice that beside other tests. */
const slowMs = 2_400_000;

/** Literals do not matter to a grammar, so statements that differ in nothing else but checksums are parsed once. */
const shapeOf = (sql: string): string =>
  createHash('sha256')
    .update(sql.replace(/'[0-9a-f]{64}'/g, "'sha'"))
    .digest('hex')
    .slice(0, 16);

/** How a script of the vendor's client ends a statement, which the grammar expects. */
const terminated = {
  mssql: (sql: string) => sql,
  oracle: (sql: string) => (/;\s*$/.test(sql) ? `${sql}\n/\n` : `${sql};\n`),
} as const;

function complaintsOf(name: keyof typeof terminated, sql: string): readonly string[] {
  try {
    importer.import(terminated[name](sql), name);
    return [];
  } catch (error) {
    const { diags = [] } = error as { readonly diags?: readonly Complaint[] };
    const told = diags.map(({ message, text, location }) => `line ${location?.start?.line}: ${message ?? text}`);
    return told.length === 0 ? [String(error)] : told;
  }
}

/**
 * For servers that cannot be had everywhere: at least a public grammar of their language reads every statement. It knows
 * syntax, and nothing of names and types. It is slow, so a ledger remembers which statements it has read; any other is
 * parsed here and now. DEEPCLEAN_UPDATE_GOLDEN=1 parses those and writes the ledger; without its file, all.
 */
describe.each(['mssql', 'oracle'] as const)('generated/%s', (name) => {
  const folder = pathOf(`../../generated/${name}/`);
  const ledgerFile = pathOf(`grammar-${name}.json`);
  const { script } = findDialect(name);

  const statements = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .flatMap((file) =>
      statementsOf({ file, text: readFileSync(`${folder}${file}`, 'utf8') }, script).map((statement: Statement) => ({
        ...statement,
        file,
        shape: shapeOf(statement.sql),
      })),
    );
  const shapes = [...new Set(statements.map(({ shape }) => shape))].sort();
  const writes = process.env.DEEPCLEAN_UPDATE_GOLDEN === '1' || !existsSync(ledgerFile);
  const ledger: readonly string[] = existsSync(ledgerFile) ? JSON.parse(readFileSync(ledgerFile, 'utf8')) : [];

  test(
    'has no error of syntax',
    () => {
      const unknown = new Map(statements.filter(({ shape }) => !ledger.includes(shape)).map((one) => [one.shape, one]));
      const complaints = [...unknown.values()].flatMap(({ file, line, sql }) =>
        complaintsOf(name, sql).map((complaint) => `${file}, statement in line ${line}: ${complaint}`),
      );
      expect(complaints).toEqual([]);
      if (writes) writeFileSync(ledgerFile, `${JSON.stringify(shapes, null, 2)}\n`);
    },
    slowMs,
  );

  test.skipIf(writes)('is all that the ledger knows', () => {
    expect(ledger.filter((shape) => !shapes.includes(shape))).toEqual([]);
  });

  test(
    'would be found wrong, were a procedure broken',
    () => {
      const [sql = ''] = statements
        .filter(({ file, kind }) => file === '40-restore_jti.sql' && kind === 'procedure')
        .map((one) => one.sql);
      const broken = name === 'mssql' ? sql.replace(/\n {2}END CATCH;\n/, '\n') : sql.replace('END LOOP;', 'END;');
      expect(broken).not.toBe(sql);
      expect(complaintsOf(name, broken)[0]).toMatch(/^line \d+/);
    },
    slowMs,
  );
});

describe.each([
  ['mssql', { notifyOperator: 'x' }],
  ['oracle', { maxRuns: 3 }],
] as const)('the schedule of %s', (name, told) => {
  const dialect = findDialect(name);
  test.each([undefined, 'yes', 'no'] as const)(
    'has no error of syntax, enabled: %s',
    (enabled) => {
      const schedule = parseSchedule({ every: '1w', window: 'always', enabled, ...told });
      const { files } = renderSchedule({
        dialect,
        schedule,
        procedure: 'cleanup_tokens',
        settingTable: 'cleanup_setting',
        scheduleName: 'cleanup_tokens_schedule',
        outside: false,
      });
      const statements = files.flatMap(({ name: file, text }) => statementsOf({ file, text }, dialect.script));
      expect(statements.length).toBeGreaterThan(2);
      expect(statements.flatMap(({ sql }) => complaintsOf(name, sql))).toEqual([]);
    },
    slowMs,
  );
});

interface Complaint {
  readonly message?: string;
  readonly text?: string;
  readonly location?: { readonly start?: { readonly line: number } };
}
