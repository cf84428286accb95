import { no, not, type Term } from '../../../../src/policy/prove/term.js';
import { certain } from '../../../../src/policy/prove/truth.js';
import { type Value, whole } from '../meaning/value.js';
import type { World } from '../meaning/world.js';

/** What the kit hands to a procedure in its state, of the types that 15-kit.sql gives it. */
export function given(path: readonly string[], { vocabulary, now }: World): Value | undefined {
  const [record, field, ...more] = path;
  if (record !== 'v_run' || more.length > 0) return undefined;
  switch (field) {
    case undefined:
      return { kind: 'thing', what: 'the state of the run' };
    case 'started':
      return { kind: 'instant', isNull: no, of: now };
    case 'settings':
      return { kind: 'thing', what: 'settings' };
    case 'run_id':
    case 'place':
    case 'span':
    case 'from_tid':
    case 'upto_tid':
      return whole(vocabulary.quantity(field));
    case 'most_rows':
      return whole(vocabulary.quantity(field), vocabulary.fact('there is no most_rows'));
    case 'dry_run':
    case 'more':
      return { kind: 'truth', truth: certain(vocabulary.fact(field)) };
    default:
      return undefined;
  }
}

export const deletesRows = ({ vocabulary }: World): Term => not(vocabulary.fact('dry_run'));

/** There is a batch, and the run is no dry run. */
export const goesOn = (world: World): readonly Term[] => [world.vocabulary.fact('more'), deletesRows(world)];
