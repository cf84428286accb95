import { readFileSync } from 'node:fs';

/** What is proven of the rules, and what that rests on, as docs/dba.md tells it: one text for both. */
export interface Proofs {
  readonly proven: readonly { readonly what: string; readonly of: string }[];
  readonly assumptions: readonly string[];
  readonly notCovered: string;
}

const heading = '## What is proven';
const assumptionsFrom = '**It rests on these assumptions.**';

/** @throws Error if the text is not as it is expected: nothing is proven by an empty list */
export function readProofs(path: URL = new URL('../../docs/dba.md', import.meta.url)): Proofs {
  const text = readFileSync(path, 'utf8');
  const from = text.indexOf(heading);
  const section = text.slice(from + heading.length, text.indexOf('\n## ', from + heading.length));
  const [before = '', after = ''] = section.split(assumptionsFrom);
  const rows = [...before.matchAll(/^\| (.+?) \| (.+?) \|$/gm)].map(([, what = '', of = '']) => ({
    what: plain(what),
    of: plain(of),
  }));
  const assumptions = [...after.matchAll(/^\d+\. (.+(?:\n {3}.+)*)/gm)].map(([, words = '']) =>
    plain(words.replace(/\n {3}/g, ' ')),
  );
  const notCovered = plain(/\*\*It does not cover\*\*(?:.+\n)+/.exec(after)?.[0].replaceAll('\n', ' ').trim() ?? '');
  const proven = rows.slice(1);
  if (from < 0 || proven.length === 0 || assumptions.length === 0 || notCovered === '')
    throw new Error(`${path} does not say what is proven`);
  return { proven, assumptions, notCovered };
}

/** Without the marks of Markdown. */
const plain = (text: string): string =>
  text
    .replaceAll('`', '')
    .replace(/\*\*/g, '')
    .replace(/\[([^\]]+)\]\([^)]+\)/g, '$1');
