import { and, not, type Term } from '../../../../src/policy/prove/term.js';
import type { Vocabulary } from '../../../../src/policy/prove/vocabulary.js';

export const containsIn = (vocabulary: Vocabulary, text: Term, part: string): Term =>
  vocabulary.property(`contains '${part}'`, text);

/** A text is one of the words of a list, in which commas stand between words: none has one. */
export const isOneOfWords = (vocabulary: Vocabulary, text: Term, list: Term): Term =>
  and(vocabulary.property('is one of the words', text, list), not(containsIn(vocabulary, text, ',')));
