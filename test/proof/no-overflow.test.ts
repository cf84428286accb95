import { describe, expect, test } from 'vitest';
import { dialects } from '../../src/dialects/registry.js';
import { policies } from '../../src/policies/index.js';
import { databaseNow } from '../../src/policy/prove/cut-off.js';
import { compilePolicy } from '../../src/policy/prove/step.js';
import { and, between, implies, less, number, times } from '../../src/policy/prove/term.js';
import { makeVocabulary } from '../../src/policy/prove/vocabulary.js';
import { counterexampleTo } from '../../src/policy/solver/solver.js';
import { rulesOf } from '../../src/policy/visit.js';
import { bigint, type Engine, microsecondsPer, type Question, within, years, yearsBegin } from './engines/age.js';
import { mssql } from './engines/mssql.js';
import { mysql } from './engines/mysql.js';
import { oracle } from './engines/oracle.js';
import { postgresql } from './engines/postgresql.js';
import { named } from './support/named.js';

/** Runs that begin in these years. From 2262 on, nanoseconds since 1970 no longer fit 64 bits. */
const runs = { from: yearsBegin(2020), upto: yearsBegin(2200) };

/** Cut-offs that periods are compared with lie in these years, as is proven below. */
const cutOffYears = years(2018, 2199);

const engines = Object.entries({ mysql, mariadb: mysql, postgresql, mssql, oracle }).flatMap(([dialect, kinds]) =>
  Object.entries(kinds).flatMap(([kind, engine]) =>
    (['milliseconds', 'seconds', 'minutes'] as const).map((unit) => ({
      title: `${dialect}, ${kind}, period in ${unit}`,
      dialect,
      engine,
      unit,
    })),
  ),
);

/** Any timestamp of the engine's type, any cut-off of these years, any 64-bit period. */
function ask(engine: Engine, unit: Question['unit']) {
  const vocabulary = makeVocabulary();
  const question: Question = {
    timestamp: vocabulary.quantity('timestamp'),
    cutOff: vocabulary.quantity('cut-off'),
    period: vocabulary.quantity('period'),
    unit,
  };
  const cutOffs = { least: cutOffYears.least * engine.perMicrosecond, most: cutOffYears.most * engine.perMicrosecond };
  const assumptions = [
    within(engine.timestamps, question.timestamp),
    within(cutOffs, question.cutOff),
    within(bigint, question.period),
  ];
  return { vocabulary, question, assumptions, comparison: engine.compare(question) };
}

describe('an age is compared with a period', () => {
  test.each(named(engines))('by the SQL that is looked at here: %s', (_, { dialect, engine, unit }) => {
    const { expressions } = dialects.find(({ name }) => name === dialect) ?? {};
    const column = { name: 'S', type: engine.column, family: 'timestamp', nullable: true } as const;
    expect(expressions?.periodOver('S', column, 'P', unit, 'C')).toBe(ask(engine, unit).comparison.sql);
  });

  test.each(named(engines))('without any overflow: %s', async (_, { engine, unit }) => {
    const { vocabulary, assumptions, comparison } = ask(engine, unit);
    const conclusion = and(...comparison.steps.map(({ type, value }) => within(type, value)));
    expect(await counterexampleTo({ vocabulary, assumptions, conclusion })).toBeUndefined();
  });

  test.each(named(engines))('and is longer for the engine only if it really is: %s', async (_, { engine, unit }) => {
    const { vocabulary, question, assumptions, comparison } = ask(engine, unit);
    const perUnit = microsecondsPer[unit] * engine.perMicrosecond;
    const isLonger = less(times(perUnit, question.period), `(- ${question.cutOff} ${question.timestamp})`);
    // Every rule asks first whether the period is above zero.
    const conclusion = implies(and(comparison.isOver, less(number(0), question.period)), isLonger);
    expect(await counterexampleTo({ vocabulary, assumptions, conclusion })).toBeUndefined();
  });
});

describe('the cut-offs of', () => {
  test.each(policies)('$name are dates of every engine, and fit 64 bits in any unit', async (policy) => {
    const vocabulary = makeVocabulary();
    const compiled = compilePolicy(policy, vocabulary);
    const now = databaseNow(vocabulary);
    const everyEngine = years(1000, 9999);
    const cutOffs = policy.cutOffs.map(({ name }) => compiled.cutOff(name));
    const conclusion = and(
      ...cutOffs.map(({ isKnown, at }) =>
        implies(isKnown, and(within(everyEngine, at), within(bigint, times(1_000, at)))),
      ),
    );
    const assumptions = [...compiled.facts, between(number(runs.from), now, number(runs.upto))];
    const found = await counterexampleTo({ vocabulary, assumptions, conclusion });
    expect(found).toBeUndefined();
  });

  test.each(policies)('$name lie in the years that periods were compared in above', async (policy) => {
    const vocabulary = makeVocabulary();
    const compiled = compilePolicy(policy, vocabulary);
    const names = new Set(
      policy.steps.flatMap((step) =>
        rulesOf(step).flatMap(([rule]) =>
          rule.kind === 'periodOver' || rule.kind === 'outlives' ? [rule.cutOff] : [],
        ),
      ),
    );
    const conclusion = and(...[...names].map((name) => within(cutOffYears, compiled.cutOff(name).at)));
    const assumptions = [...compiled.facts, between(number(runs.from), databaseNow(vocabulary), number(runs.upto))];
    expect(await counterexampleTo({ vocabulary, assumptions, conclusion })).toBeUndefined();
  });
});
