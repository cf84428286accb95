import { and, no, not, or, type Term, yes } from './term.js';

/** SQL's three values as two conditions, of which at most one is met: neither means unknown. */
export interface Truth {
  readonly holds: Term;
  readonly fails: Term;
}

export const certain = (condition: Term): Truth => ({ holds: condition, fails: not(condition) });
export const always: Truth = { holds: yes, fails: no };

/** Unknown unless something is known, such as a value that may be NULL. */
export const ifKnown = (isKnown: Term, condition: Term): Truth => ({
  holds: and(isKnown, condition),
  fails: and(isKnown, not(condition)),
});

export const everyOne = (parts: readonly Truth[]): Truth => ({
  holds: and(...parts.map(({ holds }) => holds)),
  fails: or(...parts.map(({ fails }) => fails)),
});

export const anyOne = (parts: readonly Truth[]): Truth => ({
  holds: or(...parts.map(({ holds }) => holds)),
  fails: and(...parts.map(({ fails }) => fails)),
});

/** The first if a condition is met, else the second. */
export const choose = (condition: Term, then: Truth, otherwise: Truth): Truth => ({
  holds: or(and(condition, then.holds), and(not(condition), otherwise.holds)),
  fails: or(and(condition, then.fails), and(not(condition), otherwise.fails)),
});
