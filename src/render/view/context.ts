import type { Dialect } from '../../dialects/dialect.js';
import type { Plan } from '../../plan/types.js';

/** What every part of a view is made from. */
export interface Context {
  readonly plan: Plan;
  readonly dialect: Dialect;
  readonly qualify: (name: string) => string;
}
