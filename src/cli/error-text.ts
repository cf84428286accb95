import type { ChalkInstance } from 'chalk';
import { type DeepcleanError, PartialError, PolicyError, PreflightError, type Problem } from '../errors.js';

type Listed = Pick<Problem, 'what'> & Partial<Pick<Problem, 'next'>>;

/** `error: what`, what exactly, and `next: …`. */
export function errorText(error: DeepcleanError, colours: ChalkInstance): string {
  const lines = hasProblems(error) ? error.problems.flatMap((one, at) => problemLines(one, at, error, colours)) : [];
  return [
    `${colours.red('error:')} ${error.message}`,
    ...lines,
    ...(error instanceof PartialError ? error.applied.map((one) => `- applied: ${one}`) : []),
    ...(error.next === undefined ? [] : [`${colours.cyan('next:')} ${error.next}`]),
  ].join('\n');
}

/** What several problems in a row have in common to do is said once, after the last of them. */
function problemLines(
  problem: Problem,
  at: number,
  error: PreflightError | PolicyError,
  colours: ChalkInstance,
): readonly string[] {
  const { what, next } = problem;
  const saidLater = next === error.problems[at + 1]?.next || next === error.next;
  return [`- ${what}`, ...(saidLater ? [] : [`  ${colours.dim(next)}`])];
}

const hasProblems = (error: DeepcleanError): error is PreflightError | PolicyError =>
  error instanceof PreflightError || error instanceof PolicyError;

/** The same for programs. */
export function errorJson(error: DeepcleanError): Record<string, unknown> {
  return {
    code: error.code,
    exitCode: error.exitCode,
    message: error.message,
    next: error.next ?? null,
    problems: problemsOf(error),
    ...(error instanceof PartialError && { applied: error.applied }),
  };
}

/** Listed problems; where an error has them in its text, one per line. */
function problemsOf(error: DeepcleanError): readonly Listed[] {
  if (hasProblems(error)) return error.problems;
  return [...error.message.matchAll(/^- (.+)$/gm)].map(([, what = '']) => ({ what }));
}
