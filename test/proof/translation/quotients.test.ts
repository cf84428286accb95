import { describe, expect, test } from 'vitest';
import { and, between, less, number, same, times } from '../../../src/policy/prove/term.js';
import { makeVocabulary } from '../../../src/policy/prove/vocabulary.js';
import { counterexampleTo } from '../../../src/policy/solver/solver.js';
import { bigint, roundedQuotient, within } from '../engines/age.js';

// In MySQL a session may ask for fewer digits: an age may then count as a little shorter, as no-overflow.test.ts proves.
/** Thirty thousand years, in microseconds: PostgreSQL gives a longer age fewer digits. */
const longest = 10n ** 18n;

describe('a quotient that is rounded is more than a whole number if, and only if, the exact one is:', () => {
  // MySQL: the six of a DECIMAL and four more. PostgreSQL: 16 digits in all, by four: at least 8 of them behind the point, and 20 if there are none before it.
  test.each([8n, 10n, 12n, 16n, 20n])('minutes of an age, %i digits behind the point', async (digits) => {
    const vocabulary = makeVocabulary();
    const [age, minutes] = [vocabulary.quantity('age'), vocabulary.quantity('minutes')];
    const isMore = less(times(10n ** digits, minutes), roundedQuotient(age, 60_000_000n, digits));
    const assumptions = [and(within(bigint, minutes), between(number(-longest), age, number(longest)))];
    const conclusion = same(isMore, less(times(60_000_000, minutes), age));
    expect(await counterexampleTo({ vocabulary, assumptions, conclusion })).toBeUndefined();
  });
});
