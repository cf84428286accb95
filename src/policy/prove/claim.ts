import { not, type Term } from './term.js';
import type { Vocabulary } from './vocabulary.js';

/** Something to be proven of all rows, all settings and all instants. */
export interface Claim {
  readonly vocabulary: Vocabulary;
  readonly assumptions: readonly Term[];
  readonly conclusion: Term;
}

/** The claim's opposite in SMT-LIB 2: a solver that finds it unsatisfiable has proven the claim. */
export function refutation({ vocabulary, assumptions, conclusion }: Claim): string {
  const asserted = [...assumptions, not(conclusion)].map((term) => `(assert ${term})`);
  return `${[...vocabulary.declarations(), ...asserted].join('\n')}\n`;
}
