import type { Plan, PlannedFollower, PlannedStep } from '../../../src/plan/types.js';
import { all } from '../../../src/policy/build.js';
import { type CompiledPolicy, compilePolicy } from '../../../src/policy/prove/step.js';
import { and, or, same, type Term } from '../../../src/policy/prove/term.js';
import { makeVocabulary, type Vocabulary } from '../../../src/policy/prove/vocabulary.js';
import type { Follower, Policy, Predicate, Step } from '../../../src/policy/types.js';
import { listPattern } from '../../../src/policy/word-list.js';
import type { Files } from './files.js';
import { liveVocabulary } from './live-vocabulary.js';
import type { Engine } from './meaning/engine.js';
import type { Scope } from './meaning/scope.js';
import { either } from './meaning/value.js';
import { isOneOfWords } from './meaning/words.js';
import { makeWorld, type World } from './meaning/world.js';
import { must } from './only.js';
import type { OwnTables, Procedure, Variable } from './procedure.js';

/** A cleanup whose file was read: what it was made from, and what a parser found in it. */
export interface Reading {
  readonly plan: Plan;
  readonly procedure: Procedure;
  readonly own: OwnTables;
  readonly dialect: ReadingDialect;
}

/** Reads a cleanup's files; a parser may be a program of its own. */
export type Reader = (files: Files) => Reading | Promise<Reading>;

export interface ReadingDialect {
  readonly engine: Engine;
  /** What the procedure has beside its variables: its parameters, what its kit hands to it. */
  given(path: readonly string[], world: World, variable?: Variable): ReturnType<Scope['variable']>;
}

/** Both sides of a claim, in one vocabulary. */
export interface Subject {
  readonly vocabulary: Vocabulary;
  readonly world: World;
  readonly scope: Scope;
  readonly sight: CompiledPolicy;
}

export function subjectOf({ plan, procedure, own, dialect }: Reading, policy: Policy): Subject {
  const vocabulary = liveVocabulary(makeVocabulary(), plan.schema, own, dialect.engine, policy);
  const world = makeWorld(plan, own, dialect.engine, vocabulary);
  const scope: Scope = {
    world,
    items: [],
    named: new Map(),
    digits: [],
    variable: (path) => procedureVariable(path) ?? dialect.given(path, world, procedure.variables.get(path[0] ?? '')),
  };
  return { vocabulary, world, scope, sight: sightOf(policy, plan, world) };

  function procedureVariable(path: readonly string[]): ReturnType<Scope['variable']> {
    const [name = '', ...more] = path;
    const variable = more.length === 0 ? procedure.variables.get(name) : undefined;
    return variable?.value && dialect.engine.assigned(variable.value(scope), variable.type, world);
  }
}

/** A policy as the solver sees it; what a setting says is spelled out in its text. */
function sightOf(policy: Policy, plan: Plan, world: World): CompiledPolicy {
  const { vocabulary } = world;
  const textOf = (name: string): Term => {
    const preset = must(
      plan.parameters.find((one) => one.name === name),
      `a parameter ${name}`,
    ).default;
    const { isNull, of } = world.setting(name);
    return either(isNull, vocabulary.text(String(preset)), of);
  };
  // A CHECK of the settings table sees to it.
  const allowed = plan.parameters.flatMap((parameter) =>
    parameter.kind === 'word'
      ? [or(...parameter.allowed.map((word) => same(textOf(parameter.name), vocabulary.text(word))))]
      : [],
  );
  const compiled = compilePolicy(policy, vocabulary);
  return {
    ...compiled,
    facts: [...compiled.facts, ...allowed],
    isOn: (name) => `(= ${textOf(name)} ${vocabulary.text('yes')})`,
    isListed: (name, text) =>
      and(vocabulary.property(`matches ${listPattern}`, textOf(name)), isOneOfWords(vocabulary, text, textOf(name))),
  };
}

/** The policy's own step of a planned one, kept from what rows of other tables keep: the plan's guard holds as well. */
export function policyStep(policy: Policy, { rule }: PlannedStep): Step {
  const names = rule.reasons.map(({ name }) => name);
  const own = policy.steps.find(
    (step) => step.table === rule.table && names.every((name) => step.reasons.some((reason) => reason.name === name)),
  );
  const step = must(own, `a step of ${rule.table}`);
  return withGuard(step, rule.guard);
}

export function policyFollower(step: Step, planned: PlannedFollower): Follower {
  const isSame = (follower: Follower): boolean =>
    follower.table.toLowerCase() === planned.table.name.toLowerCase() &&
    JSON.stringify(follower.on).toLowerCase() === JSON.stringify(planned.on).toLowerCase();
  const own = must(step.followers?.find(isSame), `a follower ${planned.table.name}`);
  return { ...own, guard: all(own.guard, planned.guard) };
}

function withGuard(step: Step, guard: Predicate | undefined): Step {
  const parts = [step.guard, guard].filter((part) => part !== undefined);
  return parts.length === 0 ? step : { ...step, guard: all(...parts) };
}
