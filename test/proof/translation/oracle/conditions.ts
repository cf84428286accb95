import { NotUnderstood } from '../only.js';
import type { Expression } from '../sql.js';
import type { State } from './state.js';

/** The ways that a condition leaves open: on which it holds, and on which it does not. */
export function branch(condition: Expression, state: State): { readonly holds: State[]; readonly fails: State[] } {
  const parts = condition.kind === 'and' ? condition.of : [condition];
  const asked = parts.map((part) => ask(part, state));
  const facts = asked.flatMap(({ fact }) => (fact ? [fact] : []));
  const isOnlyFact = asked.length === 1 && facts.length === 1;
  return {
    holds: asked.some(({ isWrong }) => isWrong)
      ? []
      : [
          {
            ...state,
            facts: [...state.facts, ...facts],
            isListing: state.isListing || asked.some(({ isListing }) => isListing),
          },
        ],
    fails: [
      {
        ...state,
        facts: [
          ...state.facts,
          ...(isOnlyFact ? facts.map((of): Expression => ({ kind: 'not', of: { kind: 'isTrue', of } })) : []),
        ],
      },
    ],
  };
}

interface Asked {
  readonly isWrong?: boolean;
  readonly isListing?: boolean;
  readonly fact?: Expression;
}

function ask(condition: Expression, { collections }: State): Asked {
  // Where a walk ends is nothing that a row hangs on.
  if (condition.kind === 'isNull' && condition.of.kind === 'column') return {};
  if (condition.kind === 'column' && condition.path.join('.') === 'V_RUN.IS_LISTING') return { isListing: true };
  const [left, right] = condition.kind === 'compare' ? [condition.left, condition.right] : [];
  const [name = '', part] = left?.kind === 'column' ? left.path : [];
  if (condition.kind === 'compare' && right?.kind === 'literal') {
    const filled = collections.get(name);
    if (filled && part === 'COUNT' && condition.by === '>' && right.value === 0n) {
      return { isWrong: filled.query === undefined };
    }
    if (name === 'V_RUN' && part === 'DRY_RUN' && condition.by === '=') return { fact: condition };
  }
  throw new NotUnderstood('IF', condition);
}
