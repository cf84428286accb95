import type { Term } from '../../../src/policy/prove/term.js';
import type { Product } from './product.js';

/** When something was made of which the database keeps no time. */
export const bornAt = (table: string, values: readonly Term[], { vocabulary }: Product): Term =>
  vocabulary.image(`when this row of ${table} was made`, ...values);
