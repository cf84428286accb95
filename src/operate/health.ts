import { z } from 'zod';

/** Whether a run may go on, and why, in a few words. */
export interface Health {
  readonly isGood: boolean;
  readonly words: string;
}

/** How long an answer may take, milliseconds. */
const answerMs = 5000;

const sample = z.tuple([z.number(), z.string()]).transform(([, value]) => Number(value));
/** What Prometheus answers to an instant query. https://prometheus.io/docs/prometheus/latest/querying/api/ */
const prometheus = z.object({
  data: z.object({
    result: z.union([sample.transform((value) => [value]), z.array(z.object({ value: sample.pipe(z.number()) }))]),
  }),
});

/**
 * Asks a URL how the servers are. Without a bound any answer from 200 to 299 is good. With one, the answer is that of
 * Prometheus to a query, or a plain number, and every number in it must be below the bound. No answer is a bad one.
 */
export async function askHealth(url: string, below?: number): Promise<Health> {
  try {
    const response = await fetch(withoutLogin(url), { headers: loginIn(url), signal: AbortSignal.timeout(answerMs) });
    if (!response.ok) return { isGood: false, words: `it answers ${response.status}` };
    if (below === undefined) return { isGood: true, words: `it answers ${response.status}` };
    const numbers = numbersIn(await response.text());
    if (numbers.length === 0) return { isGood: false, words: 'its answer holds no number' };
    const most = Math.max(...numbers);
    return { isGood: most < below, words: `it answers ${most}, and ${below} is the bound` };
  } catch (error) {
    const why = error instanceof Error && error.name === 'TimeoutError' ? 'does not answer in time' : 'cannot be asked';
    return { isGood: false, words: `it ${why}` };
  }
}

/** A user and a password in a URL are refused by `fetch`, and go into a header. */
function loginIn(url: string): Record<string, string> {
  const { username, password } = new URL(url);
  if (username === '' && password === '') return {};
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${Buffer.from(login).toString('base64')}` };
}

function withoutLogin(url: string): URL {
  const plain = new URL(url);
  plain.username = '';
  plain.password = '';
  return plain;
}

/** Empty if one of them is none. */
function numbersIn(text: string): readonly number[] {
  const plain = text.trim();
  const numbers = /^-?\d+(\.\d+)?$/.test(plain) ? [Number(plain)] : numbersOfPrometheus(plain);
  return numbers.some(Number.isNaN) ? [] : numbers;
}

function numbersOfPrometheus(text: string): readonly number[] {
  try {
    const { result } = prometheus.parse(JSON.parse(text)).data;
    return result.map((one) => (typeof one === 'number' ? one : one.value));
  } catch {
    return [];
  }
}
