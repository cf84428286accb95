import type { BackupTable } from '../../../../src/plan/types.js';
import type { Judged } from '../judged.js';
import { must, NotUnderstood } from '../only.js';
import { type Expression, type Insert, sameText } from '../sql.js';
import { deletesIn } from './batch.js';

/** What copies the rows of a step; what goes with them is copied as it is deleted. */
export function copyOf({ planned, printed }: Judged): Insert {
  const inserts = printed.batch.flatMap(({ does }) => (does.kind === 'insert' ? [does] : []));
  const [copy, ...more] = inserts.filter(({ table }) => sameText(table, planned.backup.name));
  if (copy === undefined || more.length > 0) throw new NotUnderstood('one copy of the rows', inserts);
  return copy;
}

/** Each column that is kept goes into the column of its name, of this run and with a reason, in all that a step copies. */
export function checkCopies(judged: Judged): void {
  const { planned, printed } = judged;
  const deletes = deletesIn(printed);
  for (const { table, alias, copies } of deletes) {
    if (sameText(table, planned.table.name) && copies === undefined) {
      const copy = copyOf(judged);
      checkCopy(copy, planned.backup, alias);
    } else checkCopy(must(copies, 'copies'), backupOf(judged, table), 'deleted');
  }
}

const backupOf = ({ planned }: Judged, table: string): BackupTable =>
  must(
    [planned, ...planned.children, ...planned.followers]
      .map(({ backup }) => backup)
      .find(({ source }) => sameText(source.name, table)),
    `what keeps rows of ${table}`,
  );

function checkCopy({ table, columns, query }: Insert, backup: BackupTable, row: string): void {
  if (!sameText(table, backup.name) || query.kind !== 'select' || query.columns.length !== columns.length)
    throw new NotUnderstood(`a copy into ${backup.name}`, table);
  const values = query.columns.map((output) => (output.name === undefined ? undefined : output.value));
  const isOf = (value: Expression | undefined, ...path: readonly string[]): boolean =>
    value?.kind === 'column' && value.path.join('.') === path.join('.');
  const isRight = columns.every((column, at) => {
    if (column === 'RUN_ID') return isOf(values[at], '@run_id');
    return column === 'REASON' || isOf(values[at], row, column);
  });
  const isWhole = backup.columns.every(({ name }) => columns.includes(name));
  if (!isRight || !isWhole) throw new NotUnderstood(`a copy into ${backup.name}`, [columns, values]);
}
