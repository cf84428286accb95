import type { Connection, Dialect } from '../dialects/dialect.js';
import { sqlName } from '../dialects/sql-name.js';
import { supportColumn } from '../dialects/support-column.js';
import { statementsOf } from '../render/artifact.js';
import type { DeliveredFile } from '../render/deliverable.js';
import { type Progress, runSteps, type Step } from '../server/run-statements.js';
import type { InstallPlan } from './types.js';
import { type VerifiedObject, verifyInstall } from './verify-install.js';

/**
 * Carries out a plan: nothing at all where nothing is needed. Then reads back what the server made of it.
 *
 * @throws PartialError where a statement fails
 */
export async function applyInstall(
  connection: Connection,
  dialect: Dialect,
  plan: InstallPlan,
  onProgress?: (progress: Progress) => void,
): Promise<readonly VerifiedObject[]> {
  if (plan.isNeeded)
    await runSteps(connection, dialect, stepsOf(plan, dialect), onProgress, plan.deliverables[0]?.namespace);
  return verifyInstall(connection, dialect, plan.deliverables);
}

function stepsOf(plan: InstallPlan, dialect: Dialect): readonly Step[] {
  const files = plan.files.flatMap((file) => [...claims(file, plan, dialect), ...fileSteps(file, dialect)]);
  return [...plan.extras, ...files, ...plan.signatures];
}

const fileSteps = (file: DeliveredFile, dialect: Dialect): readonly Step[] =>
  statementsOf(file, dialect.script).map(({ kind, name, sql, line }) => {
    const made = file.objects.find((object) => object.kind === kind && object.name === name);
    return {
      title: `${kind} ${name}`.trim(),
      sql,
      file: file.file,
      line,
      ...(made && { makes: { name, kind: made.kind } }),
    };
  });

/**
 * Where nothing can be rolled back, procedures and views are entered in the register before they are made: one that an
 * interrupted installation leaves behind is then known as deepclean's, and is replaced. The register's own file makes
 * objects that are known by their text: there is no register before it.
 */
function claims(file: DeliveredFile, plan: InstallPlan, dialect: Dialect): readonly Step[] {
  if (dialect.capabilities.transactionalDdl) return [];
  const owner = plan.deliverables.find(({ files }) => files.includes(file));
  const claimed = file.objects.filter((object) => object.kind !== 'table' && plan.unregistered.includes(object));
  if (owner === undefined || file.objects.some(({ name }) => name === owner.names.object)) return [];
  const { literal } = dialect.expressions;
  const names = ['object_name', 'object_kind', 'artifact_sha256', 'stored_sha256'];
  const columns = `(${names.map((name) => supportColumn(dialect, name)).join(', ')})`;
  const register = sqlName(dialect, owner.names.object, owner.namespace);
  // One row each: not every server takes several in one statement.
  return claimed.map(({ name, kind, sha256 }) => {
    const values = [name, kind, sha256, '0'.repeat(64)].map((text) => literal(text)).join(', ');
    return {
      title: `claim ${kind} ${name} in the register`,
      sql: `INSERT INTO ${register} ${columns} VALUES (${values})`,
      file: file.file,
      line: 1,
    };
  });
}
