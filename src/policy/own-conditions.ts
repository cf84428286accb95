import type { Predicate } from './types.js';

/**
 * What a rule says of a row alone, as far as that can be told once the row is gone: a condition that holds of every row for
 * which the rule held, whatever other rows there were. Undefined if there is none. It asks for no rows of other tables nor for
 * other rows of its own: such a part may have held; beneath `unless` it may not have held.
 */
export const ownConditions = (rule: Predicate): Predicate | undefined => bound(rule, 'needed');

/** `needed`: holds if the rule does. `enough`: if it holds, so does the rule. */
type Side = 'needed' | 'enough';

/** Undefined: nothing but what always holds is needed, or nothing but what never holds is enough. */
function bound(rule: Predicate, side: Side): Predicate | undefined {
  switch (rule.kind) {
    case 'all':
    case 'any':
      return joined(rule.kind, rule.of, side);
    case 'unless': {
      const within = bound(rule.rule, side === 'needed' ? 'enough' : 'needed');
      return within && { ...rule, rule: within };
    }
    case 'hasColumn':
      throw new Error(`whether there is a column ${rule.column} should have been settled by the plan`);
    case 'noRow':
    case 'someRow':
    case 'superseded':
    case 'alone':
    case 'sighted':
    case 'outlives':
      return undefined;
    default:
      return rule;
  }
}

/** A part of which nothing is known decides where one part alone can: it may be the one that holds, or that does not. */
function joined(kind: 'all' | 'any', of: readonly Predicate[], side: Side): Predicate | undefined {
  const known = of.flatMap((part) => bound(part, side) ?? []);
  const decides = kind === (side === 'needed' ? 'any' : 'all');
  if (known.length < of.length && decides) return undefined;
  return known.length > 1 ? { kind, of: known } : known[0];
}
