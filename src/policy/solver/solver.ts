import type { init } from 'z3-solver';
import { type Claim, refutation } from '../prove/claim.js';
import type { Term } from '../prove/term.js';
import { drawModel, type Kinds } from './draw-model.js';
import { type Model, modelOf } from './model.js';

/** A claim that takes longer than this is not proven. */
const limitMs = 30_000;

/** The solver is WebAssembly with threads of its own, and is started once a process. */
let started: ReturnType<typeof init> | undefined;

function start(): ReturnType<typeof init> {
  started ??= import('z3-solver').then((z3) => z3.init());
  return started;
}

/** Whether the solver is installed: it is large, and only who proves something needs it. */
export async function hasSolver(): Promise<boolean> {
  try {
    await import('z3-solver');
    return true;
  } catch {
    return false;
  }
}

/** Ends the solver's threads, which would keep a process from its end. */
export async function stopSolver(): Promise<void> {
  if (started === undefined) return;
  const { em } = await started;
  started = undefined;
  em.PThread.terminateAllThreads();
}

/**
 * The rows and settings for which a claim is wrong, to be read by people; undefined if it is proven. Among several examples
 * a legible one is taken, such as one of this century.
 * @throws Error if the solver cannot tell
 */
export async function counterexampleTo(
  claim: Claim,
  kinds: Kinds = new Map(),
  legible: readonly Term[] = [],
): Promise<string | undefined> {
  const draw = (model: Model): string => drawModel(model, claim.vocabulary, kinds);
  const found = await ifModel(claim, draw);
  if (found === undefined || legible.length === 0) return found;
  return (await ifModel({ ...claim, assumptions: [...claim.assumptions, ...legible] }, draw)) ?? found;
}

/** Whether some rows and settings meet all of the conditions: a claim about none would be worth nothing. */
export async function isPossible(claim: Omit<Claim, 'conclusion'>): Promise<boolean> {
  return (await ifModel({ ...claim, conclusion: 'false' }, () => true)) ?? false;
}

/**
 * What is made of rows and settings for which a claim is wrong; undefined if it is proven.
 *
 * Each claim has a context of its own, which is deleted with all that was built in it. The solver's more convenient interface
 * leaves that to the garbage collector, which then writes to a context while a thread is searching in it: the solver's heap
 * breaks, about once in ten thousand claims.
 */
async function ifModel<T>(claim: Claim, use: (model: Model) => T): Promise<T | undefined> {
  const { Z3 } = await start();
  const text = refutation(claim);
  const config = Z3.mk_config();
  Z3.set_param_value(config, 'timeout', String(limitMs));
  const context = Z3.mk_context(config);
  Z3.del_config(config);
  const solver = Z3.mk_solver(context);
  Z3.solver_inc_ref(context, solver);
  try {
    Z3.solver_from_string(context, solver, text);
    const error = Z3.get_error_code(context);
    if (error !== 0) throw new Error(`the solver cannot read it: ${Z3.get_error_msg(context, error)}\n${text}`);
    // -1 is unsatisfiable, 1 satisfiable.
    const verdict = await Z3.solver_check(context, solver);
    if (verdict === 0)
      throw new Error(`the solver cannot tell: ${Z3.solver_get_reason_unknown(context, solver)}\n${text}`);
    return verdict === 1 ? use(modelOf(Z3, context, solver)) : undefined;
  } finally {
    Z3.solver_dec_ref(context, solver);
    Z3.del_context(context);
  }
}
