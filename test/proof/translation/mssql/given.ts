import { between, no, not, number, same, type Term } from '../../../../src/policy/prove/term.js';
import { yearsBegin } from '../../engines/age.js';
import type { Value } from '../meaning/value.js';
import type { World } from '../meaning/world.js';
import type { Variable } from '../procedure.js';
import { ofType } from './types.js';

/** What the kit hands to the variables of a procedure: anything of their types. */
export function given(
  path: readonly string[],
  { vocabulary, now, facts }: World,
  variable?: Variable,
): Value | undefined {
  const [name, ...more] = path;
  if (name === undefined || more.length > 0 || variable === undefined) return undefined;
  if (name !== '@started') return ofType(variable.type, vocabulary.quantity(name), no);
  // From 2262 on nanoseconds since 1970 do not fit a BIGINT; no-overflow.test.ts says of which runs it speaks.
  const isInRange = between(number(yearsBegin(2020)), now, number(yearsBegin(2200)));
  if (!facts.includes(isInRange)) facts.push(isInRange);
  return { kind: 'instant', isNull: no, of: now };
}

/** The run is no dry run; no collation takes "yes" for "no". */
export function goesOn({ vocabulary, seenAs }: World): readonly Term[] {
  const seen = (text: Term): Term => seenAs('by collation', text);
  const yes = seen(vocabulary.text('yes'));
  return [not(same(seen(vocabulary.quantity('@dry_run')), yes)), not(same(seen(vocabulary.text('no')), yes))];
}
