import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const source = fileURLToPath(new URL('../../src/', import.meta.url));
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

/** Rooms from the front door to the cellar; a file may import from its own room and from those further down. */
const floors: readonly (readonly string[])[] = [
  ['cli'],
  ['pages'],
  ['report'],
  ['rehearsal'],
  ['operate', 'schedule', 'install', 'regular-cleaning'],
  ['server'],
  ['review'],
  ['render'],
  ['plan'],
  ['config'],
  ['policies'],
  ['dialects'],
  ['policy'],
  ['schema'],
  ['files', 'programs'],
  ['errors'],
];
const floorOf = (file: string): number =>
  floors.findIndex((rooms) => rooms.includes((file.split('/')[0] ?? '').replace(/\.[jt]s$/, '')));

const imports = (file: string): readonly string[] =>
  [...readFileSync(join(source, file), 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)].map(([, target]) =>
    relative(source, join(source, dirname(file), target ?? '')),
  );

/** Files that import each other in a loop; imports of types count as well. */
function circles(): readonly (readonly string[])[] {
  const found = new Map<string, readonly string[]>();
  const walk = (file: string, path: readonly string[], done: Set<string>): void => {
    const at = path.indexOf(file);
    if (at >= 0) {
      const loop = path.slice(at);
      found.set([...loop].sort().join(), loop);
    }
    if (at >= 0 || done.has(file)) return;
    for (const target of imports(file)) walk(target.replace(/\.js$/, '.ts'), [...path, file], done);
    done.add(file);
  };
  const done = new Set<string>();
  for (const file of files) walk(file, [], done);
  return [...found.values()];
}

describe('the rooms of src', () => {
  test('no file imports itself by way of others, for types neither', () => {
    expect(circles()).toEqual([]);
  });

  test.each(files.filter((file) => file !== 'index.ts'))('%s imports only from its own room and from below', (file) => {
    expect(floorOf(file)).toBeGreaterThanOrEqual(0);
    expect(imports(file).filter((target) => floorOf(target) < floorOf(file) || isNeighbour(file, target))).toEqual([]);
  });

  test('name no dialect outside of dialects/ and policies/', () => {
    const named = files
      .filter((file) => !/^(dialects|policies)\//.test(file))
      .filter((file) =>
        /['"`](mysql|mariadb|postgresql|mssql|oracle)['"`]/.test(readFileSync(join(source, file), 'utf8')),
      );
    expect(named).toEqual([]);
  });

  test('use the words of a vendor, such as error codes and catalogs, only in dialects/', () => {
    const words =
      /\b(ORA|NJS|PLS)-\d|57P0|PROTOCOL_|\bpg_[a-z]|InnoDB|DBMS_|\bsys\.[a-z]|information_schema|\bsp_[a-z]/;
    const said = files
      .filter((file) => !file.startsWith('dialects/'))
      .filter((file) => words.test(readFileSync(join(source, file), 'utf8')));
    expect(said).toEqual([]);
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
