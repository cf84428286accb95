import { atMost, no, not, number, same, type Term } from '../../../../src/policy/prove/term.js';
import { yearsBegin } from '../../engines/age.js';
import { type Value, whole } from '../meaning/value.js';
import type { World } from '../meaning/world.js';
import type { Variable } from '../procedure.js';

/** What the kit hands to the variables of a procedure: anything of their types. */
export function given(path: readonly string[], { vocabulary, now }: World, variable?: Variable): Value | undefined {
  const [name, ...more] = path;
  if (name === undefined || more.length > 0 || variable === undefined) return undefined;
  if (name === 'v_started') return { kind: 'instant', isNull: no, of: now };
  const of = vocabulary.quantity(name);
  if (/^(big)?int/i.test(variable.type)) return whole(of);
  if (/^(var)?char/i.test(variable.type)) return { kind: 'text', isNull: no, of, compared: 'by collation' };
  return undefined;
}

/** The run is no dry run, and begins in this century; no collation takes "yes" for "no". */
export function goesOn({ vocabulary, now, seenAs }: World): readonly Term[] {
  const seen = (text: Term): Term => seenAs('by collation', text);
  const yes = seen(vocabulary.text('yes'));
  return [
    not(same(seen(vocabulary.quantity('v_dry_run')), yes)),
    not(same(seen(vocabulary.text('no')), yes)),
    atMost(number(yearsBegin(2020)), now),
  ];
}
