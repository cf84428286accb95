import type { Term } from '../../../../src/policy/prove/term.js';

const said = new WeakMap<readonly Term[], Set<string>>();

/** What is known of a column is said once in a claim. */
export function sayOnce(facts: Term[], key: string, fact: () => Term): void {
  const keys = said.get(facts) ?? new Set();
  said.set(facts, keys);
  if (keys.has(key)) return;
  keys.add(key);
  facts.push(fact());
}
