import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, isSame } from '../../../src/review/canonical.js';
import { diffLines, diffText } from '../../../src/review/line-diff.js';
import { readProofs } from '../../../src/review/proofs.js';
import { isName, parseSignedText, signedText } from '../../../src/review/signed-text.js';

describe('the canonical text of data', () => {
  test('does not depend on the order of keys, and does on everything else', () => {
    expect(canonicalJson({ b: [2, { d: 1, c: 2 }], a: null })).toBe(canonicalJson({ a: null, b: [2, { c: 2, d: 1 }] }));
    expect(isSame([1, 2], [2, 1])).toBe(false);
    expect(isSame({ a: undefined }, {})).toBe(true);
    expect(isSame({ a: 1 }, { a: '1' })).toBe(false);
  });
});

describe('the text that is signed', () => {
  const signing = { review: 'a'.repeat(64), page: 'b'.repeat(64), name: 'Jané Doe', at: '2026-01-31T10:00:00Z' };

  test('is read back to the last character, and nothing beside it', () => {
    const text = signedText(signing);
    expect(parseSignedText(text)).toEqual(signing);
    for (const other of [
      `${text}\n`,
      ` ${text}`,
      text.replace('a', 'A'),
      text.slice(0, -1),
      text.replace('Z', ''),
      text.replace('by: ', 'by: \n'),
    ]) {
      expect(parseSignedText(other)).toBeUndefined();
    }
  });

  test('has a name on one line', () => {
    for (const name of ['Jane Doe', 'Ж', "O'Neil"]) expect(isName(name)).toBe(true);
    for (const name of ['', ' Jane', 'a\nSigned at: x', 'a\u202eb', 'x'.repeat(101)]) expect(isName(name)).toBe(false);
  });
});

describe('the difference of two texts', () => {
  const texts = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 }).map((lines) => lines.join('\n'));

  test('gives both texts back, and is no longer than need be', () => {
    fc.assert(
      fc.property(texts, texts, (old, now) => {
        const lines = diffLines(old, now);
        const side = (marks: string) => lines.filter(({ mark }) => marks.includes(mark)).map(({ text }) => text);
        expect(side(' -').join('\n')).toBe(old);
        expect(side(' +').join('\n')).toBe(now);
        expect(side(' ').length).toBe(commonLength(old.split('\n'), now.split('\n')));
        expect(diffText(old, now) === undefined).toBe(old === now);
      }),
    );
  });

  test('shows the lines around, and leaves the others out', () => {
    const lines = Array.from({ length: 20 }, (_, at) => `line ${at}`);
    const changed = lines.map((line, at) => (at === 10 ? 'other' : line));
    expect(diffText(lines.join('\n'), changed.join('\n'), 1)).toBe('…\n  line 9\n- line 10\n+ other\n  line 11\n…');
  });
});

/** By trying everything. */
function commonLength([one, ...before]: readonly string[], after: readonly string[]): number {
  if (one === undefined) return 0;
  const at = after.indexOf(one);
  const without = commonLength(before, after);
  return at < 0 ? without : Math.max(without, 1 + commonLength(before, after.slice(at + 1)));
}

test('what is proven, and on which assumptions, is read from the docs', () => {
  const { proven, assumptions, notCovered } = readProofs();
  expect(proven[0]).toEqual({ what: 'A row that is dead for a reason is not live.', of: 'every table, every reason' });
  expect(assumptions.length).toBeGreaterThanOrEqual(7);
  expect(assumptions[1]).toBe(
    'clock_uncertainty_hours is not set below its default (12, or 26), unless no timestamp lies further behind.',
  );
  expect(notCovered).toMatch(/^It does not cover child rows of a deleted row/);
  expect([...assumptions, notCovered].join()).not.toMatch(/[`*]/);
});
