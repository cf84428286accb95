import { no, or, same, type Term } from '../../../../src/policy/prove/term.js';
import { certain } from '../../../../src/policy/prove/truth.js';
import { within, years } from '../../engines/age.js';
import { type Value, whole } from '../meaning/value.js';
import type { World } from '../meaning/world.js';
import type { Variable } from '../procedure.js';
import { anyOf } from './types.js';

/** What the kit hands to a procedure in its record of the run, and what a batch sets: anything of its type. */
export function given(path: readonly string[], { vocabulary, now }: World, variable?: Variable): Value | undefined {
  const [name, field, ...more] = path;
  if (name === undefined || more.length > 0) return undefined;
  if (name !== 'V_RUN') {
    if (variable === undefined || field === undefined) return undefined;
    const set = `${name}, set ${field}`;
    return anyOf(variable.type, vocabulary.quantity(set), vocabulary.fact(`${set} is NULL`));
  }
  switch (field) {
    case undefined:
      return { kind: 'thing', what: 'the state of the run' };
    case 'STARTED':
      return { kind: 'instant', isNull: no, of: now };
    case 'RUN_ID':
    case 'SPAN':
      return whole(vocabulary.quantity(field));
    case 'DRY_RUN':
      return { kind: 'text', isNull: no, of: vocabulary.quantity(field), compared: 'exactly' };
    case 'MORE':
      return { kind: 'truth', truth: certain(vocabulary.fact(field)) };
    default:
      return undefined;
  }
}

export const deletesRows = ({ vocabulary }: World): Term => same(vocabulary.quantity('DRY_RUN'), vocabulary.text('no'));

/** The kit sees to it that it is one of these words. */
export const isYesOrNo = (world: World): Term =>
  or(deletesRows(world), same(world.vocabulary.quantity('DRY_RUN'), world.vocabulary.text('yes')));

/** There is a batch, the run is no dry run, and it began in one of these years. */
export const goesOn = (world: World): readonly Term[] => [
  world.vocabulary.fact('MORE'),
  deletesRows(world),
  within(years(2020, 2199), world.now),
];
