import { describe, expect, test } from 'vitest';
import { commandName } from '../../src/cli/command.js';
import { commands } from '../../src/cli/commands/index.js';
import { exitCodes } from '../../src/errors.js';
import { deepclean, useBuiltCli } from './run-cli.js';

useBuiltCli();

describe('help', () => {
  test('lists every command, examples and every exit code', async () => {
    const { exitCode, stdout, stderr } = await deepclean(['--help']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    for (const command of commands) expect(stdout).toContain(`deepclean ${command.usage} `);
    for (const code of Object.values(exitCodes)) expect(stdout).toMatch(new RegExp(`^ +${code}  \\w`, 'm'));
    expect(stdout).toContain('Examples:');
  });

  test.each(commands.map(commandName))('%s --help tells its options, with an example', async (name) => {
    const { exitCode, stdout, stderr } = await deepclean([name, '--help']);
    const options = commands.find((command) => commandName(command) === name)?.options ?? {};
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    for (const option of Object.keys(options)) expect(stdout).toContain(`--${option} `);
    expect(stdout).toContain('Examples:');
    expect(stdout).toContain('Exit codes:');
  });

  test('--version prints the version of the package', async () => {
    expect((await deepclean(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('completion prints a script for the shell', async () => {
    const { exitCode, stdout } = await deepclean(['completion']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('deepclean');
  });
});
