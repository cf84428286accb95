import { must } from '../only.js';
import type { Shape } from '../shape.js';
import { deletesIn, judgement, named } from './batch.js';
import { judgedInto } from './content.js';
import { goesOn } from './given.js';
import { own } from './own.js';

/** A batch judges rows into a table variable, copies and deletes by it, and then what followed those rows. */
export const shape: Shape = {
  judgement,
  reason: 'REASON',
  named,
  deletes: deletesIn,
  own,
  followed: ({ printed }) => must(judgedInto(printed), 'a judgement'),
  // What was judged dead is what it deleted, as is proven of it.
  isOfBatch: () => 'true',
  places: () => [],
  goesOn,
};
