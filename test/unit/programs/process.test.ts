import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isRunning, run } from '../../../src/programs/process.js';
import { useBuiltCli } from '../../cli/run-cli.js';

useBuiltCli();

test('a program ends with the process that waits for it, however that ends', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'deepclean-process-'));
  const pidFile = join(folder, 'pid');
  try {
    const built = new URL('../../../dist/programs/process.js', import.meta.url).href;
    const script = `
      import { existsSync } from 'node:fs';
      import { run } from '${built}';
      void run({ program: 'sh', args: ['-c', 'echo $$ > "$0.new"; mv "$0.new" "$0"; exec sleep 60', '${pidFile}'] });
      setInterval(() => existsSync('${pidFile}') && process.exit(3), 10);`;
    const { code } = await run({ program: process.execPath, args: ['--input-type=module', '--eval', script] });
    expect(code).toBe(3);
    const pid = Number(readFileSync(pidFile, 'utf8'));
    expect(pid).toBeGreaterThan(1);
    await expect.poll(() => isRunning(pid)).toBe(false);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
