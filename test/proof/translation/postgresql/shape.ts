import { must } from '../only.js';
import type { Shape } from '../shape.js';
import { deletesIn, isOfBatch, namedIn, places } from './batch.js';
import { own } from './deletes.js';
import { goesOn } from './given.js';

/** A batch is one statement: WITH judged …, gone AS (DELETE …), and what copies and counts. */
export const shape: Shape = {
  judgement: (step) => must(namedIn(step).get('judged'), 'a judgement'),
  reason: 'reason',
  named: namedIn,
  deletes: deletesIn,
  own,
  followed: ({ planned }) => must(planned.list, 'a list').name,
  isOfBatch,
  places,
  goesOn,
};
