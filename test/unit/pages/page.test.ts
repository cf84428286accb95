import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { Html, html } from '../../../src/pages/html.js';
import { bullets, code, details, drawPage, facts, paragraph, table } from '../../../src/pages/page.js';

const hostile = `"><script>alert(1)</script>'&`;

const pageOf = (text: string) =>
  drawPage({
    title: text,
    lead: [text, { text, tone: 'warn' }],
    sections: [
      {
        title: text,
        blocks: [
          paragraph(text),
          bullets([text, { text, tone: 'bad' }]),
          facts([{ label: text, value: text, note: text }]),
          table(text, {
            columns: [{ title: text }, { title: text, right: true }],
            rows: [[text, { text, tone: 'good' }]],
          }),
          code(text, text),
          details(text, [paragraph(text)]),
        ],
      },
      { title: text, blocks: [] },
    ],
    foot: [text],
  });

const read = (page: string) => parseHTML(page).document;

describe('a page', () => {
  test('shows any text as it is, and lets none out of its place', () => {
    const page = pageOf(hostile);
    expect(page).not.toContain('<script');
    const document = read(page);
    expect(document.title).toBe(hostile);
    const places = 'h1, h2, nav a, p, li > span, dt, dd, caption, thead th, tbody th, td span, pre code, summary';
    const texts = [...document.querySelectorAll(places)].map((element) => element.textContent);
    expect(texts).toHaveLength(21);
    expect(new Set(texts)).toEqual(new Set([hostile]));
    for (const element of document.querySelectorAll('[aria-label]:not(nav)')) {
      expect(element.getAttribute('aria-label')).toBe(hostile);
    }
  });

  test('is one file: it asks for nothing, and runs nothing', () => {
    const page = pageOf('Backlog');
    expect(page).not.toMatch(
      /<(script|link|img|iframe|object|form)\b|\bsrc=|\sstyle=|\son[a-z]+=|url\(|@import|https?:/,
    );
    const document = read(page);
    const policy = document.querySelector('meta[http-equiv="Content-Security-Policy"]')?.getAttribute('content');
    const sheet = document.querySelector('style')?.textContent ?? '';
    const hash = createHash('sha256').update(sheet).digest('base64');
    expect(policy).toBe(`default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`);
  });

  test('has a place for each link, also where two sections have one title or a title without a letter', () => {
    const titles = ['Space', 'Space', '…', 'Rows by reason'];
    const document = read(
      drawPage({ title: 'x', lead: [], sections: titles.map((title) => ({ title, blocks: [] })), foot: [] }),
    );
    const targets = [...document.querySelectorAll('nav a')].map((link) => link.getAttribute('href')?.slice(1) ?? '');
    expect(new Set(targets).size).toBe(titles.length);
    expect(targets.map((id) => document.getElementById(id)?.textContent)).toEqual(titles);
  });

  test('has rows with a head of their own, and numbers on the right', () => {
    const drawn = table('Tables', {
      columns: [{ title: 'table' }, { title: 'rows', right: true }],
      rows: [['T', '12']],
    });
    expect(drawn.text).toContain('<tr><th scope="row" class="short">T</th>\n<td class="right short">12</td></tr>');
  });
});

describe('HTML with values', () => {
  test('escapes texts and numbers, and takes HTML as it is', () => {
    expect(html`<p>${'a < b'} ${7} ${new Html('<b>c</b>')} ${undefined}</p>`.text).toBe('<p>a &lt; b 7 <b>c</b> </p>');
  });
});

describe('the colours of charts', () => {
  const css = readFileSync(new URL('../../../templates/_pages/page.css', import.meta.url), 'utf8');
  const themes = css.split('@media screen and (prefers-color-scheme: dark)').slice(0, 2);
  const luminance = (hex: string): number => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
      const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };

  // axe does not look at letters inside of a picture.
  test.each(['light', 'dark'])('have a contrast of 4.5 to 1 to the page, as they are letters too: %s', (scheme) => {
    const theme = themes[scheme === 'light' ? 0 : 1] ?? '';
    const colour = (name: string): string => new RegExp(`--${name}: (#[0-9a-f]{6});`).exec(theme)?.[1] ?? '';
    const page = luminance(colour('page'));
    for (const name of [1, 2, 3, 4, 5, 6].map((at) => `series-${at}`)) {
      const [dark = 0, light = 0] = [luminance(colour(name)), page].sort((one, other) => one - other);
      expect(`${name} ${(light + 0.05) / (dark + 0.05) >= 4.5}`).toBe(`${name} true`);
    }
  });
});
