import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { findDialect } from '../../src/dialects/registry.js';
import { makePlan } from '../../src/plan/make-plan.js';
import { policies } from '../../src/policies/index.js';
import type { Artifact } from '../../src/render/artifact.js';
import { renderPlan } from '../../src/render/render-plan.js';
import { completeSchema } from '../support/data/later-tables.js';

const pathOf = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The files that say what a cleanup does: its tables and settings, its proof, its procedure, its backlog view. */
const isTelling = ({ file }: Artifact): boolean => /^(20|25|30|50)-/.test(file);

/** The SQL of every cleanup that generated/ lacks, because no profile has its tables. */
function filesOf(dialectName: string): readonly Artifact[] {
  const dialect = findDialect(dialectName);
  const schema = completeSchema(dialectName);
  return policies
    .filter(({ name }) => !existsSync(pathOf(`../../generated/${dialectName}/20-${name}-tables.sql`)))
    .flatMap((policy) => {
      const result = makePlan(policy, schema, dialect, { prefix: 'cleanup_', backup: 'deleted-rows' });
      if (result.plan === undefined) throw new Error(`no plan for ${policy.name}`);
      return renderPlan(result.plan, dialect, {}).install.filter(isTelling);
    });
}

const dialectNames = ['mssql', 'mysql', 'oracle', 'postgresql'];

test('complete/ has no folder that nothing makes', () => {
  expect(readdirSync(pathOf('complete/')).sort()).toEqual(dialectNames);
});

/** As generated/, for tables that no profile has: a change of a template shows as a diff to review. */
describe.each(dialectNames)('complete/%s', (dialectName) => {
  const folder = pathOf(`complete/${dialectName}/`);
  const files = filesOf(dialectName);

  beforeAll(() => {
    if (process.env.DEEPCLEAN_UPDATE_GOLDEN !== '1') return;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const { file, text } of files) writeFileSync(join(folder, file), text);
  });

  test('has the files that the sources make, and no others', () => {
    expect(readdirSync(folder).sort()).toEqual(files.map(({ file }) => file).sort());
  });

  test.each(files.map(({ file, text }) => [file, text] as const))(
    '%s is what the sources make; if the change is meant, run with DEEPCLEAN_UPDATE_GOLDEN=1',
    (file, text) => {
      expect(readFileSync(join(folder, file), 'utf8')).toBe(text);
    },
  );
});
