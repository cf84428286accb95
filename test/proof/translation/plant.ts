import { describe, expect, test } from 'vitest';
import type { Dialect } from '../../../src/dialects/dialect.js';
import type { Expressions } from '../../../src/dialects/expressions.js';
import { findDialect } from '../../../src/dialects/registry.js';
import { policies } from '../../../src/policies/index.js';
import { counterexampleTo } from '../../../src/policy/solver/solver.js';
import { completeSchema } from '../../support/data/later-tables.js';
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

/** Expressions that a dialect could print wrong, with the cleanup and the claim that notice it. */
export type WrongPrinter = readonly [what: string, wrong: Partial<Expressions>, cleanup: string, claim: string];

export interface Planted {
  /** Each brings a counterexample. */
  readonly faults: readonly Fault[];
  readonly printers?: readonly WrongPrinter[];
  /** What nobody gave a meaning to: nothing is proven of it. */
  readonly refused: readonly Fault[];
}

/** Plants faults in the files of a dialect, and expects that each is noticed. */
export function plant(dialectName: string, read: Reader, shape: Shape, planted: Planted): void {
  const dialect = findDialect(dialectName);
  const schema = completeSchema(dialectName);
  const policyOf = (name: string) =>
    must(
      policies.find((policy) => policy.name === name),
      name,
    );
  const filesBy = (cleanup: string, printer: Dialect = dialect): Files =>
    must(filesOf(policyOf(cleanup), schema, printer), 'files');
  const withFault = ({ cleanup, from, to }: Fault): Files => {
    const files = filesBy(cleanup);
    const procedure = files.procedure.replace(from, to);
    expect(procedure).not.toBe(files.procedure);
    return { ...files, procedure };
  };
  /** A row for which the claim is wrong; undefined if it is proven. */
  const counterexample = async (cleanup: string, files: Files, claimed: string): Promise<string | undefined> => {
    const claims = everyClaim(await read(files), policyOf(cleanup), shape);
    const { claim } = must(
      claims.find(({ title }) => title.includes(claimed)),
      `a claim ${claimed}`,
    );
    return counterexampleTo(claim());
  };

  describe(`a wrong printer for ${dialectName} is noticed:`, () => {
    test.each(planted.faults)('$what', async (fault) => {
      expect(await counterexample(fault.cleanup, withFault(fault), fault.claim)).toBeDefined();
    });

    test.each(planted.printers ?? [])('%s', async (_, wrong, cleanup, claim) => {
      const files = filesBy(cleanup, { ...dialect, expressions: { ...dialect.expressions, ...wrong } });
      expect(await counterexample(cleanup, files, claim)).toBeDefined();
    });
  });

  describe('what nobody gave a meaning to is refused:', () => {
    test.each(planted.refused)('$what', async (fault) => {
      await expect(counterexample(fault.cleanup, withFault(fault), fault.claim)).rejects.toThrow('is not understood');
    });
  });
}
