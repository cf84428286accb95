import { describe, expect, test } from 'vitest';
import { loadProfile, profileNames } from '../../../src/dialects/profiles.js';
import { findDialect } from '../../../src/dialects/registry.js';
import { policies } from '../../../src/policies/index.js';
import { refutation } from '../../../src/policy/prove/claim.js';
import { kindsOf } from '../../../src/policy/solver/kinds.js';
import { counterexampleTo } from '../../../src/policy/solver/solver.js';
import type { Schema } from '../../../src/schema/types.js';
import { completeSchema } from '../../support/data/later-tables.js';
import { everyClaim, everyWrongClaim } from './every-claim.js';
import { filesOf } from './files.js';
import { must } from './only.js';
import type { Shape } from './shape.js';
import type { Reader } from './subject.js';

/** Proves of each file of a dialect that it says what its policy says, and that the proof is not about nothing. */
export async function prove(
  dialectName: string,
  read: Reader,
  shape: Shape,
  profiles: readonly string[] = profileNames(findDialect(dialectName)),
  everyTable: Schema = completeSchema(dialectName),
): Promise<void> {
  const dialect = findDialect(dialectName);
  const complete = await Promise.all(
    policies.map(async (policy) => {
      const files = must(filesOf(policy, everyTable, dialect), `a plan of ${policy.name}`);
      const reading = await read(files);
      return { policy, claims: everyClaim(reading, policy, shape), wrong: everyWrongClaim(reading, policy, shape) };
    }),
  );
  const proven = new Set<string>();

  describe(`${dialectName}, every table of every version`, () => {
    const claims = complete.flatMap(({ policy, claims: of }) =>
      of.map(({ title, claim }) => ({ title, claim, policy })),
    );

    test.each(claims)('$title', async ({ claim: make, policy }) => {
      const claim = make();
      expect(await counterexampleTo(claim, kindsOf(policy))).toBeUndefined();
      proven.add(refutation(claim));
    });
  });

  describe(`${dialectName}: some row is dead by`, () => {
    test.each(complete.flatMap(({ wrong }) => wrong))('$title', async ({ claim }) => {
      expect(await counterexampleTo(claim())).toBeDefined();
    });
  });

  if (profiles.length === 0) return;
  describe.each(profiles)(`${dialectName}, profile %s: what is asked otherwise than above`, async (profile) => {
    const schema = loadProfile(profile, dialect);
    const planned = policies.flatMap((policy) => {
      const files = filesOf(policy, schema, dialect);
      return files === undefined ? [] : [{ policy, files }];
    });
    const readings = await Promise.all(
      planned.map(async ({ policy, files }) => ({ name: policy.name, policy, reading: await read(files) })),
    );

    test.each(readings)('$name', async ({ policy, reading }) => {
      for (const { title, claim: make } of everyClaim(reading, policy, shape)) {
        const claim = make();
        if (proven.has(refutation(claim))) continue;
        expect(await counterexampleTo(claim, kindsOf(policy)), title).toBeUndefined();
      }
    });
  });
}
