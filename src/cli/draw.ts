import type { ChalkInstance } from 'chalk';
import CliTable from 'cli-table3';
import type { Cell, Section, Table, Tone } from '../report/report.js';

/** Sections below each other, a blank line between them. */
export function drawSections(sections: readonly Section[], colours: ChalkInstance): string {
  return sections.map((section) => drawSection(section, colours)).join('\n\n');
}

function drawSection({ title, lines = [], table }: Section, colours: ChalkInstance): string {
  return [
    ...(title === undefined ? [] : [colours.bold(title)]),
    ...lines.map((line) => `${title === undefined ? '' : '  '}${drawCell(line, colours)}`),
    ...(table === undefined ? [] : [drawTable(table, colours)]),
  ].join('\n');
}

const noLines = Object.fromEntries(
  ['top', 'bottom', 'left', 'right', 'mid'].flatMap((side) =>
    ['', '-mid', '-left', '-right'].map((part) => [`${side}${part}`, '']),
  ),
);

function drawTable({ columns, rows }: Table, colours: ChalkInstance): string {
  const table = new CliTable({
    chars: { ...noLines, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0, compact: true },
    // A list of facts needs no headings.
    head: columns.every(({ title }) => title === '') ? [] : columns.map(({ title }) => colours.dim(title)),
    colAligns: columns.map(({ right }) => (right === true ? 'right' : 'left')),
  });
  table.push(...rows.map((row) => row.map((cell) => drawCell(cell, colours))));
  return table
    .toString()
    .split('\n')
    .map((line) => `  ${line}`.trimEnd())
    .join('\n');
}

const tones: Readonly<Record<Tone, 'green' | 'red' | 'yellow' | 'dim' | 'bold'>> = {
  good: 'green',
  bad: 'red',
  warn: 'yellow',
  quiet: 'dim',
  strong: 'bold',
};

function drawCell(cell: string | Cell, colours: ChalkInstance): string {
  if (typeof cell === 'string') return cell;
  return cell.tone === undefined ? cell.text : colours[tones[cell.tone]](cell.text);
}
