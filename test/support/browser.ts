import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';
import { requiredEngines } from './engines/acquire.js';
import { missingEngineTitle } from './engines/missing-engine.js';

const name = 'chromium';

/** Debian's, or the one that the environment names. */
function findChromium(): string | undefined {
  const given = process.env.DEEPCLEAN_TEST_CHROMIUM;
  if (given) return given;
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin'];
  return folders.map((folder) => join(folder, name)).find(existsSync);
}

/** Tests in a real browser. Where there is none, they are registered as skipped, as those of a missing engine are. */
export function describeBrowser(title: string, define: (browser: () => Browser) => void): void {
  const program = findChromium();
  const cannotRun = (): never => {
    throw new Error(missingEngineTitle(name));
  };
  if (program === undefined && !requiredEngines().includes(name)) {
    describe.skip(missingEngineTitle(name), () => {
      describe(title, () => define(cannotRun));
    });
    return;
  }
  describe(title, () => {
    let browser: Browser | undefined;
    beforeAll(async () => {
      if (program === undefined) throw new Error(`REQUIRE_ENGINES asks for ${name}, which is not on this machine.`);
      // Root has no sandbox, and the pages are our own.
      const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
      browser = await chromium.launch({ executablePath: program, args });
    });
    afterAll(async () => {
      await browser?.close();
    });
    define(() => browser ?? cannotRun());
  });
}
