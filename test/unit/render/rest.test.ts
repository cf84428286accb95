import { describe, expect, test } from 'vitest';
import { dialects } from '../../../src/dialects/registry.js';
import { makePlan } from '../../../src/plan/make-plan.js';
import { jti } from '../../../src/policies/jti.js';
import { renderPlan } from '../../../src/render/render-plan.js';
import { completeSchema } from '../../support/data/later-tables.js';

/** What the routine says that goes on to the next batch, from its name on; and how it sleeps. */
const goesOn = {
  postgresql: { routine: 'PROCEDURE public.cleanup_next(', sleep: 'pg_sleep(v_rest)' },
  mysql: { routine: 'PROCEDURE CLEANUP_NEXT(', sleep: 'SLEEP(v_rest_ms / 1000)' },
  mssql: { routine: 'PROCEDURE dbo.CLEANUP_NEXT', sleep: 'WAITFOR DELAY' },
  oracle: { routine: 'PROCEDURE rest(', sleep: 'pause(v_rest_ms)' },
} as const;

describe.each(dialects.filter(({ name }) => name in goesOn).map((dialect) => [dialect.name, dialect] as const))(
  'on %s',
  (name, dialect) => {
    const { plan } = makePlan(jti, completeSchema(name), dialect, { prefix: 'cleanup_', backup: 'deleted-rows' });
    const kit = plan && renderPlan(plan, dialect, {}).install.find(({ file }) => file === '15-kit.sql')?.text;
    const { routine, sleep } = goesOn[name as keyof typeof goesOn];
    const text = (kit ?? '').slice((kit ?? '').indexOf(routine));
    const at = (words: string): number => text.indexOf(words);

    test('a run looks whether it is to stop, and what its duty is now, before each second of rest', () => {
      const loop =
        /\n( *)(?:rests: LOOP|WHILE 1 = 1|LOOP)\n([\s\S]*?)\n\1END(?: LOOP(?: rests)?)?;/.exec(text)?.[2] ?? '';
      const stops = name === 'oracle' ? 'why_stop' : 'stop_requested';
      expect(loop).toContain(stops);
      expect(loop).toContain("'duty_percent'");
      expect(loop.indexOf(stops)).toBeLessThan(loop.indexOf(sleep));
      expect(loop.indexOf("'duty_percent'")).toBeLessThan(loop.indexOf(sleep));
      expect(loop).toMatch(/\b(?:1000|least\(v_rest, 1\))/);
    });

    if (name === 'mysql' || name === 'postgresql')
      test('the last batch is committed before it rests', () => {
        expect(at('COMMIT;')).toBeGreaterThan(0);
        expect(at('COMMIT;')).toBeLessThan(at(sleep));
      });
  },
);
