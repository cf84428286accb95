import { expect, test } from 'vitest';
import { findDialect } from '../../../src/dialects/registry.js';
import { makePlan } from '../../../src/plan/make-plan.js';
import { sessions } from '../../../src/policies/sessions.js';
import { renderPlan } from '../../../src/render/render-plan.js';
import { completeSchema } from '../../support/data/later-tables.js';

const fileOf = (dialectName: string, beginning: string): string => {
  const dialect = findDialect(dialectName);
  const { plan } = makePlan(sessions, completeSchema(dialectName), dialect, {
    prefix: 'cleanup_',
    backup: 'deleted-rows',
  });
  const files = plan ? renderPlan(plan, dialect, {}).install : [];
  return files.find(({ file }) => file.startsWith(beginning))?.text ?? '';
};
const restoreOf = (dialectName: string): string => fileOf(dialectName, '40-');

const stores = ['IDN_AUTH_SESSION_STORE', 'IDN_AUTH_TEMP_SESSION_STORE'];

// A session that was ended is live again as long as the row that ended it is missing, and for good if a restore stops there.
test.each(stores)('on SQL Server a restore commits no part of a session of %s', (store) => {
  const into = restoreOf('mssql').split(new RegExp(`INSERT INTO dbo\\.${store}\\n`))[1] ?? '';
  const statement = into.slice(0, into.indexOf(';'));
  expect(statement).toMatch(/AND b\.SESSION_ID BETWEEN @from_\d AND @upto_\d/);
  expect(statement).not.toMatch(/TOP/);
});

test.each(stores)('on Oracle a restore commits no part of a session of %s', (store) => {
  const restore = restoreOf('oracle');
  const loop = restore.slice(restore.indexOf(`FROM CLEANUP_BAK_${store} b\n    WHERE`));
  const body = loop.slice(0, loop.indexOf('END LOOP'));
  expect(body).toMatch(/ORDER BY b\.SESSION_ID DESC, /);
  expect(body.match(/put_back/g)).toHaveLength(1);
  expect(body).toMatch(/IF v_rows >= 2000 AND gone\.SESSION_ID <> v_key_\d THEN\s+CLEANUP_KIT\.put_back/);
});

test.each(stores)('on PostgreSQL a restore commits no part of a session of %s', (store) => {
  const loop = restoreOf('postgresql').split(`-- ${store.toLowerCase()}\n`)[1] ?? '';
  const body = loop.slice(0, loop.indexOf('END LOOP'));
  expect(body).toMatch(
    new RegExp(`FROM public\\.cleanup_kept_parts\\('cleanup_bak_${store}', 'kept_row', 'session_id', p_run_id\\)`, 'i'),
  );
  expect(body).toMatch(/AND b\.kept_row = ANY \(v_kept_rows\)/);
  expect(body.match(/put_back/g)).toHaveLength(1);
});

test('on PostgreSQL rows that share the first column of the key are numbered alike, the highest first', () => {
  const [, part = ''] = fileOf('postgresql', '15-').split('FUNCTION public.cleanup_kept_parts(');
  expect(part.slice(0, part.indexOf('-- @end'))).toMatch(/\(rank\(\) OVER \(ORDER BY b\.%3\$s DESC\) - 1\) \/ 2000/);
});

test.each(stores)('on MySQL and MariaDB a restore commits no part of a session of %s', (store) => {
  const loop =
    restoreOf('mysql').split(`CALL CLEANUP_RESTORE_TABLE(v_run_id, p_run_id, '${store}', 'SESSION_ID');`)[1] ?? '';
  const body = loop.slice(0, loop.indexOf('END REPEAT'));
  expect(body).toMatch(/AND b\.SESSION_ID BETWEEN @deepclean_from AND @deepclean_upto/);
  expect(body).not.toMatch(/LIMIT/);
  expect(body).not.toMatch(/COMMIT/);
  expect(body).toMatch(/CLEANUP_PUT_BACK\(v_run_id, ROW_COUNT\(\)\);\s+END;\s+UNTIL @deepclean_upto IS NULL $/);
});
