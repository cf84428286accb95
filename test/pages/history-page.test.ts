import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { afterEach, describe, expect, test } from 'vitest';
import { drawHistory } from '../../src/pages/history-page.js';
import { makeHistory } from '../../src/report/history.js';
import { describeBrowser } from '../support/browser.js';
import { facts, run, step, threeMonths } from '../support/pages/made-up-history.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const longName = 'IDN_'.padEnd(64, 'X');
const pages = {
  'three months': threeMonths(),
  'no run': facts([{}]),
  'one run, with a hostile name': facts([
    { runs: [run(1, 0.1, [step(`"><script>alert(1)</script>${longName}`, { revoked: 3 })])] },
  ]),
} as const;
const drawn = Object.fromEntries(Object.entries(pages).map(([name, one]) => [name, drawHistory(makeHistory(one))]));

const widths = [360, 768, 1280] as const;
const schemes = ['light', 'dark'] as const;
const looks = widths.flatMap((width) => schemes.map((scheme) => [width, scheme] as const));

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What is serious of what axe finds; its code is run beside the page's policy, which lets none in. */
async function seriousOn(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  const found = (await page.evaluate('axe.run().then((result) => result.violations)')) as readonly Violation[];
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
}

const textOf = async (page: Page): Promise<string> => String(await page.evaluate('document.body.innerText'));

describeBrowser('the page of a report in a browser', (browser) => {
  const open: Page[] = [];
  afterEach(async () => {
    for (const page of open.splice(0)) await page.context().close();
  });

  async function show(html: string, options: Parameters<ReturnType<typeof browser>['newContext']>[0] = {}) {
    const context = await browser().newContext(options);
    const page = await context.newPage();
    open.push(page);
    const trouble: string[] = [];
    page.on('console', (message) => trouble.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => trouble.push(String(error)));
    page.on('request', (request) => {
      if (request.url() !== 'https://report.test/') trouble.push(`asks for ${request.url()}`);
    });
    await page.route('**/*', (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body: html }));
    await page.goto('https://report.test/');
    return { page, trouble };
  }

  describe.each(Object.keys(pages))('of %s', (name) => {
    const html = drawn[name] ?? '';

    test.each(looks)(
      '%s pixels wide, %s: nothing serious, nothing wider than the page, no error',
      async (width, scheme) => {
        const { page, trouble } = await show(html, { viewport: { width, height: 900 }, colorScheme: scheme });
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
        // What is closed is looked at, too.
        expect(await seriousOn(page)).toEqual([]);
        await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
        expect(await seriousOn(page)).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
        expect(trouble).toEqual([]);
      },
    );

    test('says the same without scripts', async () => {
      const [withScripts, without] = [await show(html), await show(html, { javaScriptEnabled: false })];
      const [one, other] = [await textOf(without.page), await textOf(withScripts.page)];
      expect(one).toBe(other);
      expect(one).toContain('In short');
      expect(without.trouble).toEqual([]);
    });
  });

  const html = drawn['three months'] ?? '';

  test('is dark in the dark, and light on paper whatever the screen is', async () => {
    const { page } = await show(html, { colorScheme: 'dark' });
    const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    expect(await background()).toBe('rgb(21, 25, 31)');
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await background()).toBe('rgb(255, 255, 255)');
  });

  test('is printed with its tables open', async () => {
    const { page } = await show(html);
    await page.emulateMedia({ media: 'print' });
    // A4 between margins of 15 mm, upright: what is wider would be cut off.
    await page.setViewportSize({ width: 680, height: 1000 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(680);
    const closed =
      "[...document.querySelectorAll('details table')].filter((one) => !one.checkVisibility({ contentVisibilityAuto: true })).length";
    expect(await page.evaluate("document.querySelectorAll('details table').length")).toBe(10);
    expect(await page.evaluate(closed)).toBe(0);
    const pdf = await page.pdf({ format: 'A4', printBackground: true });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(pdf.length).toBeGreaterThan(50_000);
  });

  test('has one chart of each kind for each width, which says what it is', async () => {
    for (const [width, size] of [
      [360, 'narrow'],
      [1280, 'wide'],
    ] as const) {
      const { page } = await show(html, { viewport: { width, height: 900 } });
      const charts = await page.getByRole('img').all();
      expect(charts).toHaveLength(10);
      for (const chart of charts) {
        expect(await chart.getAttribute('class')).toBe(`chart ${size}`);
        const name = await page.locator(`#${await chart.getAttribute('aria-labelledby')}`).textContent();
        expect(await page.getByRole('img', { name: String(name), exact: true }).count()).toBe(1);
      }
    }
  });

  test('shows the table of cleanups whole on a wide screen', async () => {
    const { page } = await show(html, { viewport: { width: 1280, height: 900 } });
    const hidden =
      "[...document.querySelectorAll('#in-short ~ .scrolled')].map((one) => one.scrollWidth - one.clientWidth)";
    expect(await page.evaluate(hidden)).toEqual([0]);
  });

  test('draws letters that can be read: none is smaller than ten pixels', async () => {
    for (const width of widths) {
      const { page } = await show(html, { viewport: { width, height: 900 } });
      const smallest =
        "Math.min(...[...document.querySelectorAll('.chart text')].filter((one) => one.checkVisibility()).map((one) => 12 * one.getScreenCTM().a))";
      expect(Number(await page.evaluate(smallest))).toBeGreaterThanOrEqual(10);
    }
  });

  test('is gone through with the keyboard: links, tables and what can be opened, each with a frame to be seen', async () => {
    const { page } = await show(html);
    const wanted = Number(await page.evaluate("document.querySelectorAll('a, summary, .scrolled').length"));
    const hidden = Number(await page.evaluate("document.querySelectorAll('details:not([open]) .scrolled').length"));
    const seen: string[] = [];
    for (let at = 0; at < wanted - hidden; at += 1) {
      await page.keyboard.press('Tab');
      const [what, frame] = (await page.evaluate(
        '[document.activeElement.localName, getComputedStyle(document.activeElement).outlineStyle]',
      )) as [string, string];
      expect(frame).toBe('solid');
      seen.push(what);
    }
    expect(new Set(seen)).toEqual(new Set(['a', 'div', 'summary']));
    const first = page.locator('summary').first();
    await first.focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate("document.activeElement.closest('details')?.open")).toBe(true);
    expect(await page.evaluate("document.activeElement.getAttribute('role')")).toBe('region');
  });
});
