import { type Context, init, killThreads, type Model } from 'z3-solver';
import { type Claim, refutation } from '../../../src/policy/prove/claim.js';
import type { Term } from '../../../src/policy/prove/term.js';
import { drawModel, type Kinds } from './draw-model.js';

/** A claim that takes longer than this is not proven. */
const limitMs = 30_000;

type Api = Awaited<ReturnType<typeof init>>;
let started: Promise<{ readonly api: Api; readonly context: Context }> | undefined;

/** The solver is WebAssembly with threads of its own, and is started once a test file. */
function start(): NonNullable<typeof started> {
  started ??= init().then((api) => ({ api, context: api.Context('main') }));
  return started;
}

/** Ends the solver's threads, which would keep the process alive. */
export async function endSolver(): Promise<void> {
  if (started === undefined) return;
  const { api } = await started;
  started = undefined;
  await killThreads(api.em);
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
  const found = await modelOf(refutation(claim));
  if (found === undefined) return undefined;
  const better =
    legible.length === 0
      ? undefined
      : await modelOf(refutation({ ...claim, assumptions: [...claim.assumptions, ...legible] }));
  return drawModel(better ?? found, claim.vocabulary, kinds);
}

/** Whether some rows and settings meet all of the conditions: a claim about none would be worth nothing. */
export async function isPossible(claim: Omit<Claim, 'conclusion'>): Promise<boolean> {
  return (await modelOf(refutation({ ...claim, conclusion: 'false' }))) !== undefined;
}

async function modelOf(text: string): Promise<Model | undefined> {
  const { context } = await start();
  const solver = new context.Solver();
  solver.set('timeout', limitMs);
  solver.fromString(text);
  const verdict = await solver.check();
  if (verdict === 'unknown') throw new Error(`the solver cannot tell: ${solver.reasonUnknown()}\n${text}`);
  return verdict === 'sat' ? solver.model() : undefined;
}
