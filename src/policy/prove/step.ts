import { type Follower, type Policy, type Step, supersededReason } from '../types.js';
import { compile } from './compile.js';
import { type CompiledCutOff, compileCutOff } from './cut-off.js';
import { matches } from './other-rows.js';
import { type Settings, settingsOf } from './settings.js';
import type { Sight } from './sight.js';
import { and, atMost, not, or, type Term, thereIs, yes } from './term.js';
import { always, type Truth } from './truth.js';
import type { Vocabulary } from './vocabulary.js';

/** A policy as the solver sees it, with everything that is known of the names in it. */
export interface CompiledPolicy extends Sight {
  readonly settings: Settings;
  /** Bounds of the settings, and what the cut-offs are. */
  readonly facts: readonly Term[];
}

/** The part of a policy that its rules refer to by name. */
export type Names = Pick<Policy, 'parameters' | 'cutOffs'>;

export function compilePolicy(policy: Names, vocabulary: Vocabulary, world = ''): CompiledPolicy {
  const settings = settingsOf(policy.parameters, vocabulary, world);
  const { isThere } = vocabulary;
  const cutOffs = new Map<string, CompiledCutOff>(
    policy.cutOffs.map((cutOff) => [cutOff.name, compileCutOff(cutOff, settings, { vocabulary, isThere }, world)]),
  );
  return {
    vocabulary,
    settings,
    facts: [...settings.bounds(), ...[...cutOffs.values()].flatMap(({ facts }) => facts)],
    isThere,
    isOn: settings.isOn,
    isListed: settings.isListed,
    cutOff: (name) => {
      const cutOff = cutOffs.get(name);
      if (cutOff === undefined) throw new RangeError(`no cut-off ${name}`);
      return cutOff;
    },
  };
}

/** A reason. A row is counted under the first that holds. */
export interface CompiledReason {
  readonly name: string;
  readonly holds: Term;
  readonly isCounted: Term;
}

/** The reasons of a step for a row, in the order in which the log counts them. */
export function reasonsOf(step: Step, row: Term, sight: Sight): readonly CompiledReason[] {
  const isMeant = step.enabledBy === undefined ? yes : sight.isOn(step.enabledBy);
  const own = ownReasons(step, row, sight).map(({ name, holds }) => ({ name, holds: and(isMeant, holds) }));
  const all =
    step.history === undefined
      ? own
      : [...own, { name: supersededReason.name, holds: and(isMeant, isNotNewerThanAnEnd(step, row, sight)) }];
  return all.map(({ name, holds }, at) => ({
    name,
    holds,
    isCounted: and(holds, ...all.slice(0, at).map((earlier) => not(earlier.holds))),
  }));
}

/** A row that is there, and that a run which reaches it deletes. */
export const isDead = (step: Step, row: Term, sight: Sight): Term =>
  and(sight.isThere(step.table, row), or(...reasonsOf(step, row, sight).map(({ holds }) => holds)));

/** The guard of a step for a row; if there is none, it holds. */
export const guardOf = ({ guard, table }: Step, row: Term, sight: Sight): Truth =>
  guard === undefined ? always : compile(guard, table, row, sight);

function ownReasons(step: Step, row: Term, sight: Sight): readonly { readonly name: string; readonly holds: Term }[] {
  const guard = guardOf(step, row, sight);
  return step.reasons.map(({ name, when, ifColumn }) => ({
    name,
    holds: and(
      guard.holds,
      ifColumn === undefined ? yes : sight.vocabulary.hasColumn(step.table, ifColumn),
      compile(when, step.table, row, sight).holds,
    ),
  }));
}

/** Some row of the same thing, not older than this one, ends it. */
function isNotNewerThanAnEnd(step: Step, row: Term, sight: Sight): Term {
  const { history, table } = step;
  if (history === undefined) throw new Error(`${table} keeps no history`);
  const { vocabulary } = sight;
  const end = vocabulary.anyRow(table);
  const order = (of: Term): Term => vocabulary.value(table, history.order, of);
  return thereIs(
    end,
    and(
      sight.isThere(table, end.name),
      matches(
        table,
        end.name,
        history.of.map((column) => [column, column] as const),
        'by collation',
        table,
        row,
        sight,
      ),
      vocabulary.isKnown(table, history.order, end.name),
      vocabulary.isKnown(table, history.order, row),
      atMost(order(row), order(end.name)),
      or(...ownReasons(step, end.name, sight).map(({ holds }) => holds)),
    ),
  );
}

/**
 * A row that goes because a deleted one led to it and nothing keeps it; `before` tells which rows there were,
 * `after` which are left.
 */
export function isFollower(
  follower: Follower,
  row: Term,
  step: Step,
  isDeleted: (row: Term) => Term,
  after: Sight,
): Term {
  const gone = after.vocabulary.anyRow(step.table);
  return and(
    after.isThere(follower.table, row),
    thereIs(
      gone,
      and(isDeleted(gone.name), matches(follower.table, row, follower.on, 'exactly', step.table, gone.name, after)),
    ),
    compile(follower.guard, follower.table, row, after).holds,
  );
}
