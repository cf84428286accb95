import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { Table } from '../report/report.js';
import { Html, html } from './html.js';
import { details, table } from './page.js';

/** A picture of figures, which the table beside it has, too: for readers who cannot see it, or want to know exactly. */
export interface Figure {
  /** Unique on its page. */
  readonly id: string;
  readonly title: string;
  /** What it shows and what is to be seen in it, in a sentence or two. */
  readonly description: string;
  /** What symbols and lines mean. */
  readonly legend?: readonly Legend[];
  readonly draw: Draw;
  readonly table: Table;
}

/** A chart for a width in pixels; drawn for a wide and for a narrow page, as its letters do not shrink. */
export type Draw = (width: number) => Plot.PlotOptions;

export interface Legend {
  readonly mark: string;
  readonly colour: Colour;
  readonly words: string;
}

/** Of the style sheet, which has one for the light and one for the dark. */
export type Colour = 1 | 2 | 3 | 4 | 5 | 6;
export const colourOf = (colour: Colour): string => `var(--series-${colour})`;

const widths = { wide: 840, narrow: 320 } as const;

export function figure({ id, title, description, legend = [], draw, table: rows }: Figure): Html {
  return html`<figure>
<figcaption id="${id}"><strong>${title}</strong> ${description}</figcaption>
${legend.length === 0 ? undefined : legendOf(legend)}
${(['wide', 'narrow'] as const).map((size) => new Html(svgOf(`${id}-${size}`, size, title, description, draw)))}
${details(`${title} (table)`, [table(title, rows)])}
</figure>`;
}

const legendOf = (legend: readonly Legend[]): Html =>
  html`<ul class="legend">
${legend.map(({ mark, colour, words }) => html`<li><span class="series-${colour}" aria-hidden="true">${mark}</span> ${words}</li>`)}
</ul>`;

/** As much of a document as is needed here: the types of a browser are no part of this program. */
interface Drawing {
  createElementNS(space: string, name: string): Drawn;
}
interface Drawn {
  readonly attributes: Iterable<{ readonly name: string }>;
  readonly outerHTML: string;
  textContent: string;
  setAttribute(name: string, value: string): void;
  removeAttribute(name: string): void;
  querySelectorAll(selector: string): Iterable<Drawn>;
  prepend(...elements: readonly Drawn[]): void;
  remove(): void;
}

/** The chart as an element that says what it is, and whose looks come from the page's style sheet alone. */
function svgOf(id: string, size: keyof typeof widths, title: string, description: string, draw: Draw): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const width = widths[size];
  const svg = Plot.plot({ ...draw(width), width, document } as Plot.PlotOptions) as unknown as Drawn;
  // A style of its own would be refused by the page, and a class would be shared by all charts.
  for (const style of svg.querySelectorAll('style')) style.remove();
  for (const element of [svg, ...svg.querySelectorAll('*')]) {
    for (const { name } of [...element.attributes]) {
      if (name === 'class' || name === 'style' || name.startsWith('aria-')) element.removeAttribute(name);
    }
  }
  svg.setAttribute('class', `chart ${size}`);
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-labelledby', `${id}-title`);
  svg.setAttribute('aria-describedby', `${id}-text`);
  svg.prepend(words(document, 'title', `${id}-title`, title), words(document, 'desc', `${id}-text`, description));
  // Hundredths of a pixel are fine enough.
  return svg.outerHTML.replace(/\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2))));
}

function words(document: Drawing, name: 'title' | 'desc', id: string, text: string): Drawn {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  element.setAttribute('id', id);
  element.textContent = text;
  return element;
}

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** The value as people read it. */
  readonly text: string;
}

const fontSize = 12;

/** Letters over lines and dots stay readable. */
const halo = { fontSize, stroke: 'var(--page)', strokeWidth: 4 } as const;

/** A bar for each, the longest first, with its words above it: on a narrow page in two lines. */
export const bars =
  (all: readonly Bar[], colour: Colour): Draw =>
  (width) => {
    const isNarrow = width < widths.wide;
    const above = isNarrow ? 34 : 20;
    return {
      height: all.length * (above + 20) + 10,
      ...{ marginLeft: 2, marginRight: 2, marginTop: 0, marginBottom: 10 },
      x: { axis: null, domain: [0, Math.max(1, ...all.map(({ value }) => value))] },
      y: { axis: null, domain: all.map((_, at) => at), padding: 0 },
      marks: [
        Plot.barX(all, { x: 'value', y: (_, at) => at, fill: colourOf(colour), insetTop: above, insetBottom: 6 }),
        Plot.text(all, {
          x: 0,
          y: (_, at) => at,
          text: ({ label, text }: Bar) => `${label}${isNarrow ? '\n' : ': '}${text}`,
          textAnchor: 'start',
          dy: isNarrow ? -10 : -9,
          fontSize,
          lineWidth: width / fontSize,
          textOverflow: 'ellipsis',
        }),
      ],
    };
  };

export interface Point {
  readonly at: string;
  readonly value: number;
  readonly kind: PointKind;
}
export interface PointKind {
  readonly symbol: 'circle' | 'triangle' | 'diamond' | 'square';
  readonly colour: Colour;
}

export interface TimeAxis {
  readonly from: string;
  readonly upto: string;
  /** What is measured, with its unit. */
  readonly label: string;
  /** How its figures are written. */
  readonly format: (value: number) => string;
}

const timeFrame = (width: number, { from, upto, label, format }: TimeAxis, most: number): Plot.PlotOptions => ({
  height: width > 400 ? 260 : 220,
  ...{ marginLeft: 56, marginRight: 16, marginTop: 28, marginBottom: 40 },
  x: { type: 'utc', domain: [new Date(from), new Date(upto)], ticks: width > 400 ? 7 : 3, label: null },
  y: {
    domain: [0, Math.max(most, 1) * 1.08],
    nice: true,
    grid: true,
    ticks: 5,
    label,
    labelArrow: 'none',
    tickFormat: format,
  },
});

/** What was measured at moments, each with a line down to zero; another line for what it should be. */
export const points =
  (all: readonly Point[], axis: TimeAxis, bound?: { readonly value: number; readonly words: string }): Draw =>
  (width) => ({
    ...timeFrame(width, axis, Math.max(bound?.value ?? 0, ...all.map(({ value }) => value))),
    symbol: { type: 'identity' },
    marks: [
      Plot.ruleY([0], { stroke: 'var(--line)' }),
      ...(bound === undefined ? [] : [Plot.ruleY([bound.value], { stroke: colourOf(5), strokeDasharray: '6 4' })]),
      Plot.ruleX(all, {
        x: ({ at }: Point) => new Date(at),
        y1: 0,
        y2: 'value',
        stroke: ({ kind }: Point) => colourOf(kind.colour),
        strokeOpacity: 0.6,
      }),
      Plot.dot(all, {
        x: ({ at }: Point) => new Date(at),
        y: 'value',
        r: 4,
        symbol: ({ kind }: Point) => kind.symbol,
        stroke: ({ kind }: Point) => colourOf(kind.colour),
        fill: ({ kind }: Point) => colourOf(kind.colour),
      }),
      ...(bound === undefined
        ? []
        : [
            Plot.text([bound], {
              ...{ frameAnchor: 'right', textAnchor: 'end', dy: -8, ...halo },
              y: 'value',
              text: 'words',
              fill: 'var(--quiet)',
            }),
          ]),
    ],
    color: { type: 'identity' },
  });

export interface Span {
  readonly from: string;
  readonly upto: string;
  readonly value: number;
}

/** What is known of spans of time as a whole, such as a rate. */
export const spans =
  (all: readonly Span[], axis: TimeAxis, colour: Colour): Draw =>
  (width) => ({
    ...timeFrame(width, axis, Math.max(...all.map(({ value }) => value))),
    marks: [
      Plot.rectY(all, {
        x1: ({ from }: Span) => new Date(from),
        x2: ({ upto }: Span) => new Date(upto),
        y: 'value',
        fill: colourOf(colour),
        fillOpacity: 0.35,
        stroke: colourOf(colour),
        inset: 0.5,
      }),
      Plot.ruleY([0], { stroke: 'var(--line)' }),
    ],
  });

export interface Line {
  readonly words: string;
  readonly colour: Colour;
  readonly dashed?: boolean;
  readonly points: readonly { readonly at: string; readonly value: number }[];
}

/** Lines over time, each with its words at its end. */
export const lines =
  (all: readonly Line[], axis: TimeAxis): Draw =>
  (width) => ({
    ...timeFrame(width, axis, Math.max(...all.flatMap((line) => line.points.map(({ value }) => value)))),
    marks: [
      Plot.ruleY([0], { stroke: 'var(--line)' }),
      ...all.map(({ colour, dashed = false, points: at }) =>
        Plot.line(at, {
          x: (point: { readonly at: string }) => new Date(point.at),
          y: 'value',
          stroke: colourOf(colour),
          strokeWidth: 2,
          ...(dashed && { strokeDasharray: '6 4' }),
        }),
      ),
      ...all.map(({ words: said, colour, points: at }) =>
        Plot.text(at.slice(-1), {
          ...{ textAnchor: 'end', dx: -4, dy: -10, ...halo },
          x: (point: { readonly at: string }) => new Date(point.at),
          y: 'value',
          text: () => said,
          fill: colourOf(colour),
        }),
      ),
    ],
  });
