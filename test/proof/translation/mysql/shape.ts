import { must } from '../only.js';
import type { Shape } from '../shape.js';
import { deletesIn, isOfBatch, judgement } from './batch.js';
import { own } from './copies.js';
import { goesOn } from './given.js';

/** A batch copies what it judges, INSERT … SELECT … FROM (judgement), and deletes what it copied. */
export const shape: Shape = {
  judgement,
  reason: 'WHY_DEAD',
  named: () => new Map(),
  deletes: deletesIn,
  own,
  followed: ({ planned }) => must(planned.list, 'a list').name,
  isOfBatch,
  places: () => [],
  goesOn,
};
