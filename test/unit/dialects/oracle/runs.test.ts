import { describe, expect, test } from 'vitest';
import { oracle } from '../../../../src/dialects/oracle/index.js';
import { makePlan } from '../../../../src/plan/make-plan.js';
import { policies } from '../../../../src/policies/index.js';
import { statementsOf } from '../../../../src/render/artifact.js';
import { renderPlan } from '../../../../src/render/render-plan.js';
import { completeSchema } from '../../../support/data/later-tables.js';

const statements = policies.flatMap((policy) => {
  const { plan } = makePlan(policy, completeSchema('oracle'), oracle, { prefix: 'cleanup_', backup: 'deleted-rows' });
  const files = plan ? renderPlan(plan, oracle, {}).install : [];
  return files.flatMap((artifact) => statementsOf(artifact, oracle.script));
});
// What installs is no run, and a proof is a part of one: its errors are the cleanup's.
const procedures = statements.filter(
  ({ name, sql }) =>
    sql.startsWith('CREATE OR REPLACE PROCEDURE ') && name !== 'CLEANUP_REGISTER' && !name.endsWith('_proof'),
);
const kit = statements.find(({ sql }) => sql.startsWith('CREATE OR REPLACE PACKAGE BODY '))?.sql ?? '';

/** A subprogram of the package, without comments. */
const partOf = (name: string): string =>
  new RegExp(`(PROCEDURE|FUNCTION) ${name}\\b[\\s\\S]*?\\n  END ${name};`).exec(kit)?.[0].replace(/--.*$/gm, '') ?? '';

const handlers = `EXCEPTION
  WHEN CLEANUP_KIT.e_cancelled THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
  WHEN OTHERS THEN
    CLEANUP_KIT.abort_run(v_run, SQLCODE, SQLERRM);
    RAISE;
END `;

describe('an error, or a cancel, wherever it comes', () => {
  test.each(procedures.map(({ name, sql }) => [name, sql] as const))(
    'ends %s in one handler around all that it does',
    (name, sql) => {
      expect(sql.endsWith(`\n${handlers}${name};`)).toBe(true);
      // The blocks inside of it end in one of their own, or hand it on.
      const body = sql.slice(sql.indexOf('\nBEGIN\n'), sql.lastIndexOf('\nEXCEPTION\n'));
      const [, ...blocks] = body.split(/\n +EXCEPTION\n/);
      for (const block of blocks) {
        const handled = block.slice(0, block.search(/\n +END;/));
        expect(handled).toMatch(/e_cancelled THEN[\s\S]*WHEN OTHERS THEN|^ +WHEN (e_busy|DUP_VAL_ON_INDEX)/);
      }
    },
  );

  test('is undone and logged, and gives the session back what it set', () => {
    const abort = partOf('abort_run');
    const order = [/\bROLLBACK;/, /end_log\(p_run/, /\bCOMMIT;/, /put_nls_back\(p_run\)/].map((one) =>
      abort.search(one),
    );
    expect(order.every((at) => at > 0)).toBe(true);
    expect(order).toEqual([...order].sort((one, other) => one - other));
  });

  test('of a start is no one else’s: nothing is undone before the transaction is known to be the run’s', () => {
    const begin = partOf('begin_alone');
    expect(begin.indexOf('p_run.is_ours := TRUE')).toBeGreaterThan(begin.indexOf('LOCAL_TRANSACTION_ID IS NOT NULL'));
    expect(begin.slice(0, begin.indexOf('p_run.is_ours := TRUE'))).not.toMatch(/COMMIT|ROLLBACK|SET_NLS|set_nls/);
    expect(partOf('abort_run')).toMatch(/IF p_run\.is_ours THEN\s+ROLLBACK;/);
  });

  test('of space, quota or undo ends the run, and is no fault of a row', () => {
    const fatal = /v_fatal BOOLEAN := p_run\.error_number IN \(([^)]*)\)/.exec(partOf('after_failure'))?.[1];
    const numbers = (fatal ?? '').split(',').map(Number);
    // No quota, none left; no room for a segment, a table, an index, a large object, TEMP, undo.
    for (const number of [-1536, -1950, -1652, -1653, -1654, -1658, -1691, -1692, -30036]) {
      expect(numbers).toContain(number);
    }
  });
});

test('a batch is as large as it is fast with its commit on disk', () => {
  const next = partOf('next_batch');
  const [commit, steer, over] = ['COMMIT WRITE IMMEDIATE WAIT;', 'steer(p_run)', 'p_run.began := NULL'].map((part) =>
    next.indexOf(part),
  );
  expect(commit).toBeGreaterThan(0);
  expect(steer).toBeGreaterThan(commit ?? 0);
  expect(over).toBeGreaterThan(steer ?? 0);
});

describe('pruning', () => {
  const prune = partOf('prune');

  test('is made of batches like any other, each of which may be the last', () => {
    expect(prune).toMatch(/LOOP\s+next_batch\(p_run\);\s+EXIT WHEN NOT p_run\.more;/);
    expect(prune).toMatch(/v_most := p_run\.span;\s+FETCH v_expired BULK COLLECT INTO v_rows LIMIT v_most;/);
    // It comes before the tables, in every cleanup: a run that its budget ends has pruned.
    for (const { name, sql } of procedures.filter((one) => one.name.startsWith('cleanup_'))) {
      const [first, table] = [sql.indexOf('CLEANUP_KIT.prune(v_run);'), sql.indexOf('CLEANUP_KIT.open_table(')];
      expect([name, first > 0 && first < table]).toEqual([name, true]);
    }
  });

  test('reads the copies of a table once: its cursor is opened again only after an error', () => {
    expect(prune.match(/\bOPEN v_expired\b/g)).toHaveLength(1);
    expect(prune).toMatch(/IF NOT v_expired%ISOPEN THEN\s+OPEN v_expired/);
    const closes = [...prune.matchAll(/IF ([^;]*) THEN\s+CLOSE v_expired;/g)].map(([, when]) => when);
    expect(closes).toEqual(['v_expired%ISOPEN AND p_run.error_number IS NOT NULL', 'v_expired%ISOPEN']);
    // The second stands behind the loop of batches.
    expect(prune.lastIndexOf('CLOSE v_expired')).toBeGreaterThan(prune.indexOf('END LOOP;', prune.indexOf('failed(')));
    expect(prune).not.toMatch(/ROWNUM/);
  });
});

test('an error of the compiler is cut by bytes: its text may be in any language', () => {
  const texts = statements.flatMap(({ sql }) => [...sql.matchAll(/^.*\be\.TEXT\b.*$/gm)].map(([line]) => line));
  expect(texts.length).toBeGreaterThan(2);
  const around = statements.flatMap(({ sql }) => [...sql.matchAll(/SUBSTRB\([^;]*?\be\.TEXT\b[^;]*?\d+\)/g)]);
  expect(around.length).toBe(texts.length);
});
