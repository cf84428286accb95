import { describe, expect, test } from 'vitest';
import { policies } from '../../src/policies/index.js';
import { deepclean, deepcleanProcess, useBuiltCli } from './run-cli.js';

useBuiltCli();

interface Reason {
  readonly cleanup: string;
  readonly table: string;
  readonly reason: string;
  readonly rule: string;
  readonly settings: readonly { readonly name: string; readonly value: string }[];
}

async function explained(...args: string[]): Promise<readonly Reason[]> {
  const { exitCode, stdout, stderr } = await deepclean(['explain', ...args, '--json']);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return JSON.parse(stdout).reasons;
}

describe('explain', () => {
  test('without a schema knows every reason of every cleanup', async () => {
    const said = (await explained()).map(({ cleanup, table, reason }) => `${cleanup} ${table} ${reason}`);
    for (const { name, steps } of policies) {
      for (const { table, reasons, history, followers = [] } of steps) {
        for (const reason of reasons) expect(said).toContain(`${name} ${table} ${reason.name}`);
        for (const follower of followers) expect(said).toContain(`${name} ${follower.table} ${follower.name}`);
        if (history) expect(said).toContain(`${name} ${table} superseded`);
      }
    }
  });

  test('says by which rule, and with which settings as they are configured', async () => {
    const [reason, ...more] = await explained('periods_over', '--set', 'safe_period_minutes=45');
    expect(more).toEqual([]);
    expect(reason?.rule).toContain('its TOKEN_STATE is ACTIVE or GRACEFULLY_ROTATED');
    expect(reason?.settings.map(({ name, value }) => [name, value])).toEqual([
      ['safe_period_minutes', '45'],
      ['clock_uncertainty_hours', '12, or 26'],
    ]);
  });

  test('for a schema says what the rule is there, in its own spelling', async () => {
    const profile = ['--dialect', 'postgresql', '--profile', 'identity-5.14'];
    const said = await explained('--cleanup', 'cleanup_tokens', ...profile);
    expect(new Set(said.map(({ cleanup }) => cleanup))).toEqual(new Set(['tokens']));
    expect(said[0]).toMatchObject({ table: 'idn_oauth2_access_token', rule: 'its token_state is INACTIVE' });
    expect(said[0]?.settings.at(-1)).toMatchObject({ name: 'clock_uncertainty_hours', value: '12' });
    // This version has no device flow.
    expect(said.filter(({ table }) => table.includes('device_flow'))).toEqual([]);
  });

  test('is made for reading, too', async () => {
    const { stdout } = await deepclean(['explain', 'orphaned']);
    expect(stdout).toContain('orphaned: rows of IDN_AUTH_USER_SESSION_MAPPING (sessions)');
    expect(stdout).toContain('setting orphan_sweep = no: yes: mappings whose session is gone');
  });
});

describe('why reads a token from stdin', () => {
  test.each([
    ['nothing', ''],
    ['only blanks', ' \n'],
    ['several words', 'a b\n'],
  ])('and refuses %s', async (_, stdin) => {
    const { exitCode, stderr } = await deepcleanProcess(['why', '--token-from-stdin'], { stdin });
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Stdin holds no token.');
  });

  test('a token in the command line is refused, and not repeated', async () => {
    const token = 'eyJhbGciOiJub25lIn0.eyJqdGkiOiJ4In0.';
    const { exitCode, stdout, stderr } = await deepclean(['why', token]);
    expect(exitCode).toBe(2);
    expect(stdout + stderr).not.toContain(token);
  });
});
