import type { CutOffName } from '../types.js';
import type { Term } from './term.js';
import type { Vocabulary } from './vocabulary.js';

/** An instant that rows are compared with; one that is NULL is not reached by any. */
export interface Instant {
  readonly isKnown: Term;
  /** Microseconds since 1970. */
  readonly at: Term;
}

/** What a rule is compiled against. */
export interface Sight {
  readonly vocabulary: Vocabulary;
  cutOff(name: CutOffName): Instant;
  /** A parameter that is switched on. */
  isOn(parameter: string): Term;
  /** A text is one of the words of a list parameter. */
  isListed(parameter: string, text: Term): Term;
  /** Which rows there are when the rule is asked. */
  isThere(table: string, row: Term): Term;
}
