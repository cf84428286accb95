import { must } from '../only.js';
import type { Shape } from '../shape.js';
import { deletesIn, isOfBatch, judgement, places } from './batch.js';
import { goesOn } from './given.js';
import { reason } from './judgement.js';
import { own } from './own.js';

/** A batch collects the places of dead rows and their reasons, copies what is there, and deletes it. */
export const shape: Shape = {
  judgement,
  reason,
  named: () => new Map(),
  deletes: deletesIn,
  own,
  followed: ({ planned }) => must(planned.list, 'a list').name,
  isOfBatch,
  places,
  goesOn,
};
