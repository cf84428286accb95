import { expect, test } from 'vitest';
import { breakLong, lineWidth } from '../../../src/render/break-long.js';

const filler = (length: number, letter = 'x') => letter.repeat(length);

test('a line within the margin stays as it is', () => {
  const line = `  WHERE ${filler(lineWidth - 8)}`;
  expect(breakLong(line)).toBe(line);
});

test('a condition is broken at its loosest bond, and not within parentheses', () => {
  const [one, two] = [filler(40, 'a'), filler(40, 'b')];
  expect(breakLong(`  WHERE (${one} AND ${two}) OR ${one} AND ${two}`)).toBe(
    `  WHERE (${one} AND ${two})\n      OR ${one} AND ${two}`,
  );
});

test('the AND of a BETWEEN holds its two values together', () => {
  const [one, two] = [filler(50, 'a'), filler(38, 'b')];
  expect(breakLong(`WHERE ${one} = 1 AND ${two} BETWEEN 1 AND 2 AND c = 3`)).toBe(
    `WHERE ${one} = 1 AND ${two} BETWEEN 1 AND 2\n    AND c = 3`,
  );
});

test('a difference is broken before what is taken away, and not within its call', () => {
  const [start, name] = ['a'.repeat(40), 'b'.repeat(60)];
  expect(breakLong(`  v_end := ${start} - less(setting('${name}', 12), 'HOUR');`)).toBe(
    `  v_end := ${start}\n      - less(setting('${name}', 12), 'HOUR');`,
  );
});

test('a list is broken behind a comma, as often as it takes', () => {
  const names = Array.from({ length: 30 }, (_, at) => `column_${at}`);
  const lines = breakLong(`SELECT ${names.join(', ')}`).split('\n');
  expect(lines.length).toBeGreaterThan(2);
  expect(lines.every((line) => line.length <= lineWidth)).toBe(true);
  expect(lines.map((line) => line.trim()).join(' ')).toBe(`SELECT ${names.join(', ')}`);
});

test('text in quotes stays whole, whatever words are in it', () => {
  const line = `  'yes ${filler(120)} AND no, or FROM there'`;
  expect(breakLong(line)).toBe(line);
});

test('a doubled quote ends no text', () => {
  const line = `  'it''s ${filler(60)} AND ${filler(60)}'`;
  expect(breakLong(line)).toBe(line);
  expect(breakLong(`WHERE a = 'it''s ${filler(60)} OR' AND ${filler(60)}`)).toBe(
    `WHERE a = 'it''s ${filler(60)} OR'\n    AND ${filler(60)}`,
  );
});

test('a comment flows on in its next line, and not in what is set in further', () => {
  const words = Array.from({ length: 30 }, (_, at) => `word${at}`).join(' ');
  const lines = breakLong(`  -- ${words}\n  -- and more\n  --   - a list`).split('\n');
  expect(lines.every((line) => line.length <= lineWidth && line.startsWith('  -- '))).toBe(true);
  expect(lines.at(-1)).toBe('  --   - a list');
  expect(
    lines
      .slice(0, -1)
      .map((line) => line.slice(5))
      .join(' '),
  ).toBe(`${words} and more`);
});
