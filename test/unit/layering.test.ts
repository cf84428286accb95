import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const source = fileURLToPath(new URL('../../src/', import.meta.url));
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

/** Rooms from the front door to the cellar; a file may import from its own room and from those further down. */
const floors: readonly (readonly string[])[] = [
  ['cli'],
  ['report'],
  ['operate', 'schedule', 'regular-cleaning'],
  ['install'],
  ['render'],
  ['plan'],
  ['config'],
  ['policies'],
  ['dialects'],
  ['schema', 'policy'],
  ['files'],
  ['errors'],
];
const floorOf = (file: string): number =>
  floors.findIndex((rooms) => rooms.includes((file.split('/')[0] ?? '').replace(/\.[jt]s$/, '')));

const imports = (file: string): readonly string[] =>
  [...readFileSync(join(source, file), 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, target]) =>
    relative(source, join(source, dirname(file), target ?? '')),
  );

describe('the rooms of src', () => {
  test.each(files.filter((file) => file !== 'index.ts'))('%s imports only from its own room and from below', (file) => {
    expect(floorOf(file)).toBeGreaterThanOrEqual(0);
    const upward = imports(file).filter((target) => floorOf(target) < floorOf(file) || isNeighbour(file, target));
    // The contract of a dialect and the facts of a schema are types that name each other.
    expect(upward.filter((target) => !typesOnly(file, target))).toEqual([]);
  });

  test('name no dialect outside of dialects/ and policies/', () => {
    const named = files
      .filter((file) => !/^(dialects|policies)\//.test(file))
      .filter((file) =>
        /['"`](mysql|mariadb|postgresql|mssql|oracle)['"`]/.test(readFileSync(join(source, file), 'utf8')),
      );
    expect(named).toEqual([]);
  });

  test('import a database driver only in the connection of its dialect', () => {
    const drivers = files
      .filter((file) => !/^dialects\/[a-z]+\/connection[a-z-]*\.ts$/.test(file))
      .filter((file) =>
        /(?:from|import\()\s*'(pg|mysql2|mysql2\/promise|mssql|oracledb)'/.test(
          readFileSync(join(source, file), 'utf8'),
        ),
      );
    expect(drivers).toEqual([]);
  });
});

/** Two rooms on one floor do not know each other. */
function isNeighbour(file: string, target: string): boolean {
  const [room, other] = [file.split('/')[0], target.split('/')[0]];
  return room !== other && floorOf(file) === floorOf(target);
}

function typesOnly(file: string, target: string): boolean {
  const text = readFileSync(join(source, file), 'utf8');
  const name = target.replace(/^.*\//, '').replace('.', '\\.');
  const statements = text.match(new RegExp(`import [^;]*${name}';`, 'g')) ?? [];
  return statements.length > 0 && statements.every((statement) => statement.startsWith('import type'));
}
