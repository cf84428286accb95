import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { findDialect } from '../../src/dialects/registry.js';
import { type Statement, statementsOf } from '../../src/render/artifact.js';

const oracle = findDialect('oracle');
const folder = fileURLToPath(new URL('../../generated/oracle/', import.meta.url));
const ledgerFile = fileURLToPath(new URL('oracle-grammar.json', import.meta.url));
const parserPackage = '@dbml/core';
const slow = 1_800_000;

/**
 * Parses one statement with a public grammar of PL/SQL. It knows syntax, and nothing of names and types.
 *
 * @returns what is wrong, with its line, or nothing
 */
async function syntaxError({ sql }: Statement): Promise<string | undefined> {
  const { importer } = (await import(parserPackage)) as {
    importer: { import(text: string, format: string): string };
  };
  const text = /;\s*$/.test(sql) ? `${sql}\n/\n` : `${sql};\n`;
  try {
    importer.import(text, 'oracle');
    return undefined;
  } catch (error) {
    const [first] =
      (error as { diags?: readonly { text?: string; location?: { start: { line: number } } }[] }).diags ?? [];
    return first?.text === undefined
      ? String(error)
      : `line ${first.location?.start.line}: ${first.text.slice(0, 200)}`;
  }
}

/** Literals do not matter to a grammar, so statements that differ in nothing else are parsed once. */
const shapeOf = ({ sql }: Statement): string =>
  createHash('sha256')
    .update(sql.replace(/'[0-9a-f]{64}'/g, "'sha'"))
    .digest('hex')
    .slice(0, 16);

const statements = readdirSync(folder)
  .filter((file) => file.endsWith('.sql'))
  .sort()
  .flatMap((file) =>
    statementsOf({ file, text: readFileSync(`${folder}${file}`, 'utf8') }, oracle.script).map((statement) => ({
      file,
      statement,
      shape: shapeOf(statement),
    })),
  );

/**
 * The grammar is slow, up to a minute for a large procedure, so the ledger remembers what it has accepted; what it does
 * not list is parsed here and now. DEEPCLEAN_UPDATE_GOLDEN=1 parses everything anew and writes it.
 */
const update = process.env.DEEPCLEAN_UPDATE_GOLDEN === '1';
const ledger: readonly string[] = update || !existsSync(ledgerFile) ? [] : JSON.parse(readFileSync(ledgerFile, 'utf8'));
const unknown = [...new Map(statements.map((one) => [one.shape, one])).values()].filter(
  ({ shape }) => !ledger.includes(shape),
);

describe('generated/oracle', () => {
  test(
    'parses',
    async () => {
      const wrong: string[] = [];
      for (const { file, statement } of unknown) {
        const error = await syntaxError(statement);
        if (error !== undefined) wrong.push(`${file}, statement in line ${statement.line}: ${error}`);
      }
      expect(wrong).toEqual([]);
      if (!update) return;
      const accepted = [...new Set(statements.map(({ shape }) => shape))].sort();
      writeFileSync(ledgerFile, `${JSON.stringify(accepted, null, 2)}\n`);
    },
    slow,
  );

  test('the ledger holds nothing that is no longer generated', () => {
    const shapes = new Set(statements.map(({ shape }) => shape));
    expect(ledger.filter((shape) => !shapes.has(shape))).toEqual([]);
  });

  test(
    'would not parse with a broken procedure',
    async () => {
      const restore = statements.find(({ file }) => file === '40-restore_jti.sql');
      if (restore === undefined) throw new Error('no procedure to break');
      const broken = { ...restore.statement, sql: restore.statement.sql.replace('END LOOP;', 'END;') };
      expect(broken.sql).not.toBe(restore.statement.sql);
      expect(await syntaxError(broken)).toMatch(/^line \d+/);
    },
    slow,
  );
});
