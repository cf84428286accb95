import { afterAll, describe, expect, test } from 'vitest';
import type { Dialect } from '../../../src/dialects/dialect.js';
import { findDialect } from '../../../src/dialects/registry.js';
import { policies } from '../../../src/policies/index.js';
import { completeSchema } from '../../support/data/later-tables.js';
import { counterexampleTo, endSolver } from '../support/solver.js';
import { everyClaim } from './every-claim.js';
import { type Files, filesOf } from './files.js';
import { must } from './only.js';
import type { Shape } from './shape.js';
import type { Reader } from './subject.js';

/** A fault in the text of a cleanup's procedure, and the claim that it makes false. */
export interface Fault {
  readonly what: string;
  readonly cleanup: string;
  readonly claim: string;
  readonly from: string | RegExp;
  readonly to: string;
}

export const fault = (what: string, cleanup: string, claim: string, from: string | RegExp, to: string): Fault => ({
  what,
  cleanup,
  claim,
  from,
  to,
});

export interface Planting {
  files(cleanup: string, printer?: Dialect): Files;
  /** A row for which the claim is wrong; undefined if it is proven. */
  counterexample(cleanup: string, files: Files, claim: string): Promise<string | undefined>;
}

/** Plants faults in the files of a dialect; gives what is needed to plant others. */
export function plant(dialectName: string, read: Reader, shape: Shape, faults: readonly Fault[]): Planting {
  afterAll(endSolver);

  const dialect = findDialect(dialectName);
  const schema = completeSchema(dialectName);
  const policyOf = (name: string) =>
    must(
      policies.find((policy) => policy.name === name),
      name,
    );
  const planting: Planting = {
    files: (cleanup, printer = dialect) => must(filesOf(policyOf(cleanup), schema, printer), 'files'),
    counterexample: async (cleanup, files, claimed) => {
      const claims = everyClaim(await read(files), policyOf(cleanup), shape);
      const { claim } = must(
        claims.find(({ title }) => title.includes(claimed)),
        `a claim ${claimed}`,
      );
      return counterexampleTo(claim());
    },
  };

  describe(`a wrong printer for ${dialectName} is noticed:`, () => {
    test.each(faults)('$what', async ({ cleanup, claim, from, to }) => {
      const files = planting.files(cleanup);
      const procedure = files.procedure.replace(from, to);
      expect(procedure).not.toBe(files.procedure);
      expect(await planting.counterexample(cleanup, { ...files, procedure }, claim)).toBeDefined();
    });
  });
  return planting;
}
