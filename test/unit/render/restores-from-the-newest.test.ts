import { expect, test } from 'vitest';
import { findDialect } from '../../../src/dialects/registry.js';
import { makePlan } from '../../../src/plan/make-plan.js';
import { sessions } from '../../../src/policies/sessions.js';
import { renderPlan } from '../../../src/render/render-plan.js';
import { completeSchema } from '../../support/data/later-tables.js';

const restoreOf = (dialectName: string): string => {
  const dialect = findDialect(dialectName);
  const { plan } = makePlan(sessions, completeSchema(dialectName), dialect, {
    prefix: 'cleanup_',
    backup: 'deleted-rows',
  });
  const files = plan ? renderPlan(plan, dialect, {}).install : [];
  return files.find(({ file }) => file.startsWith('40-'))?.text ?? '';
};

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

test.each(['postgresql', 'mysql'])('on %s a restore is one transaction', (dialect) => {
  const [, ...inserts] = restoreOf(dialect).split(/INSERT (?:IGNORE )?INTO (?:public\.)?idn_auth/i);
  expect(inserts).toHaveLength(5);
  for (const text of inserts.slice(0, -1)) expect(text).not.toMatch(/\bCOMMIT\b/);
});
