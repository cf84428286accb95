import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Cell, Column, Table } from '../report/report.js';
import { attribute, Html, html } from './html.js';

/** A page that stands alone in one file: no script, no request to anywhere, readable in the dark and on paper. */
export interface Page {
  readonly title: string;
  /** Sentences below the title: of what, and when. */
  readonly lead: readonly (string | Cell)[];
  readonly sections: readonly PageSection[];
  /** Sentences at the end: what made the page, and how to read it. */
  readonly foot: readonly string[];
}

export interface PageSection {
  readonly title: string;
  /** What is in it, as the functions below make it. */
  readonly blocks: readonly Html[];
}

/** A figure that stands out. */
export interface Fact {
  readonly label: string;
  readonly value: string;
  /** How it is known: measured, or estimated from what. */
  readonly note?: string;
}

const css = readFileSync(new URL('../../templates/_pages/page.css', import.meta.url), 'utf8');

/** Nothing may be loaded, run or sent, even if a name in the database were to break out of its place. */
const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(css).digest('base64')}'; base-uri 'none'; form-action 'none'`;

/** The page as the text of a file. */
export function drawPage({ title, lead, sections, foot }: Page): string {
  const ids = idsOf(sections);
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${new Html(css)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
${lead.map(paragraph)}
</header>
<nav aria-label="On this page">
<ul>
${sections.map((section, at) => html`<li><a href="#${ids[at]}">${section.title}</a></li>`)}
</ul>
</nav>
<main>
${sections.map(
  (section, at) => html`<section aria-labelledby="${ids[at]}">
<h2 id="${ids[at]}">${section.title}</h2>
${section.blocks}
</section>`,
)}
</main>
<footer>
${foot.map(paragraph)}
</footer>
</body>
</html>
`.text;
}

/** A sentence. */
export const paragraph = (words: string | Cell): Html =>
  typeof words === 'string' ? html`<p>${words}</p>` : html`<p${toneOf(words)}>${words.text}</p>`;

/** Sentences with a dot before each. */
export const bullets = (items: readonly (string | Cell)[]): Html =>
  html`<ul>
${items.map((item) => html`<li>${cellText(item)}</li>`)}
</ul>`;

/** Figures that stand out, side by side. */
export const facts = (all: readonly Fact[]): Html =>
  html`<dl class="facts">
${all.map(
  ({ label, value, note }) =>
    html`<div><dt>${label}</dt><dd>${value}</dd>${note === undefined ? undefined : html`<dd class="note">${note}</dd>`}</div>`,
)}
</dl>`;

/** A table; the caption says what it shows. A wide one is scrolled alone, with the keyboard too. */
export const table = (caption: string, { columns, rows }: Table): Html =>
  html`<div class="scrolled" role="region" tabindex="0" aria-label="${caption}">
<table>
<caption>${caption}</caption>
<thead><tr>${columns.map((column) => html`<th scope="col"${kindOf(column, column.title)}>${column.title}</th>`)}</tr></thead>
<tbody>
${rows.map(
  (row) =>
    html`<tr>${row.map((cell, at) =>
      at === 0
        ? html`<th scope="row"${kindOf(columns[at], cell)}>${cellText(cell)}</th>`
        : html`<td${kindOf(columns[at], cell)}>${cellText(cell)}</td>`,
    )}</tr>`,
)}
</tbody>
</table>
</div>`;

/** Text as it stands in a file, such as SQL. */
export const code = (label: string, text: string): Html =>
  html`<pre class="scrolled" role="region" tabindex="0" aria-label="${label}"><code>${text}</code></pre>`;

/** Something that is opened by who wants to see it; on paper it is open. */
export const details = (summary: string, blocks: readonly Html[]): Html =>
  html`<details>
<summary>${summary}</summary>
${blocks}
</details>`;

/** What is no longer than a moment or a name stays on one line. */
const shortLength = 24;

function kindOf(column: Column | undefined, cell: string | Cell): Html {
  const { length } = typeof cell === 'string' ? cell : cell.text;
  const kinds = [...(column?.right === true ? ['right'] : []), ...(length <= shortLength ? ['short'] : [])];
  return attribute('class', kinds.length === 0 ? undefined : kinds.join(' '));
}

const toneOf = ({ tone }: Cell): Html => attribute('class', tone);

const cellText = (cell: string | Cell): Html =>
  typeof cell === 'string' ? html`${cell}` : html`<span${toneOf(cell)}>${cell.text}</span>`;

/** Where the links lead; two sections of one title still have two places. */
function idsOf(sections: readonly PageSection[]): readonly string[] {
  const slugs = sections.map(({ title }) =>
    title
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, ''),
  );
  return slugs.map((slug, at) => (slug === '' || slugs.indexOf(slug) !== at ? `${slug}-${at + 1}` : slug));
}
