import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Dialect } from '../dialects/dialect.js';
import { ChecksumError, UsageError } from '../errors.js';
import { makeFolder } from '../files.js';
import { type Artifact, sha256 } from './artifact.js';
import type { Deliverable } from './deliverable.js';
import { filesOf, type Manifest, type Section, toCleanup, toDeliverable } from './manifest.js';
import { fileProblem, manifestFile, readManifest, readSums, sumsFile } from './manifest-check.js';

/** What `generate` puts into its folder for one dialect. */
export interface Generated {
  readonly deliverables: readonly Deliverable[];
  /** Files that are generated beside but not installed with the procedures: schedules. */
  readonly others?: readonly Artifact[];
  /** Version of deepclean. */
  readonly version: string;
}

/** A file on disk that is not as it would be generated. */
export interface Difference {
  readonly file: string;
  readonly state: 'missing' | 'different' | 'stale';
}

/** Writes a dialect's files, the manifest and the checksums; other dialects' files stay. Returns what changed. */
export function writeGenerated(folder: string, dialect: Dialect, generated: Generated): readonly Difference[] {
  const wanted = filesWanted(folder, dialect, generated);
  const differences = compare(folder, wanted);
  for (const { file, state } of differences) {
    const path = join(folder, file);
    if (state === 'stale') {
      rmSync(path);
      continue;
    }
    makeFolder(dirname(path));
    writeFileSync(path, wanted.texts.get(file) ?? '');
  }
  return differences;
}

/** What writing would change; nothing is written. */
export function checkGenerated(folder: string, dialect: Dialect, generated: Generated): readonly Difference[] {
  return compare(folder, filesWanted(folder, dialect, generated));
}

/**
 * A dialect's cleanups, as they were reviewed.
 *
 * @throws ChecksumError that names each file that was edited or is missing
 */
export function readGenerated(folder: string, dialect: Dialect): readonly Deliverable[] {
  const manifest = readManifest(folder);
  const section = manifest?.dialects[dialect.name];
  if (section === undefined) {
    throw new UsageError(`${folder} holds no files for ${dialect.title}.`, {
      next: `Generate them with \`deepclean generate --dialect ${dialect.name}\`, or name the folder that holds ${manifestFile}.`,
    });
  }
  const wanted = new Map([...filesOf(section)].map(([file, sum]) => [`${dialect.name}/${file}`, sum]));
  const listed = readSums(folder);
  const problems = [
    ...[manifestFile, ...wanted.keys()].flatMap((file) =>
      fileProblem(folder, file, listed.get(file), wanted.get(file)),
    ),
  ];
  if (problems.length > 0) {
    throw new ChecksumError(`These files are not what was generated and reviewed:\n${problems.join('\n')}`, {
      next: 'Nothing was changed. Restore the reviewed files, or generate them again and have them reviewed.',
    });
  }
  const read = (file: string) => readFileSync(join(folder, dialect.name, file), 'utf8');
  return section.cleanups.map((cleanup) => toDeliverable(cleanup, dialect.name, read));
}

interface Wanted {
  readonly texts: ReadonlyMap<string, string>;
  readonly stale: readonly string[];
}

function filesWanted(folder: string, dialect: Dialect, { deliverables, others = [], version }: Generated): Wanted {
  const before = readManifest(folder)?.dialects ?? {};
  const section: Section = {
    deepclean: version,
    cleanups: deliverables.map(toCleanup),
    others: others.map(({ file, text }) => ({ file, sha256: sha256(text) })),
  };
  const dialects = Object.entries({ ...before, [dialect.name]: section }).sort(byKey);
  const manifest: Manifest = { formatVersion: 1, dialects: Object.fromEntries(dialects) };
  const manifestText = `${JSON.stringify(manifest, null, 2)}\n`;
  const sums = dialects.flatMap(([name, one]) =>
    [...filesOf(one)].map(([file, sum]) => [`${name}/${file}`, sum] as const),
  );
  const sumsText = [...sums, [manifestFile, sha256(manifestText)] as const]
    .sort(byKey)
    .map(([file, sum]) => `${sum}  ${file}\n`)
    .join('');
  const artifacts = [
    ...deliverables.flatMap(({ files, verify, verifyShared, uninstall, uninstallShared }) => [
      ...files,
      verify,
      verifyShared,
      uninstall,
      ...(uninstallShared ? [uninstallShared] : []),
    ]),
    ...others,
  ];
  const texts = new Map<string, string>();
  for (const { file, text } of artifacts) {
    const path = `${dialect.name}/${file}`;
    // Several cleanups share the support tables, so the same file may come twice, but never with two contents.
    if ((texts.get(path) ?? text) !== text) throw new Error(`two contents for ${path}`);
    texts.set(path, text);
  }
  const own = before[dialect.name];
  const earlier = own === undefined ? [] : [...filesOf(own).keys()].map((file) => `${dialect.name}/${file}`);
  const stale = earlier.filter((file) => !texts.has(file));
  return { texts: texts.set(manifestFile, manifestText).set(sumsFile, sumsText), stale };
}

function compare(folder: string, { texts, stale }: Wanted): readonly Difference[] {
  const differing = [...texts].flatMap(([file, text]): Difference[] => {
    const path = join(folder, file);
    if (!existsSync(path)) return [{ file, state: 'missing' }];
    return readFileSync(path, 'utf8') === text ? [] : [{ file, state: 'different' }];
  });
  const left = stale
    .filter((file) => existsSync(join(folder, file)))
    .map((file): Difference => ({ file, state: 'stale' }));
  return [...differing, ...left];
}

const byKey = (one: readonly [string, unknown], other: readonly [string, unknown]): number =>
  one[0] < other[0] ? -1 : one[0] > other[0] ? 1 : 0;
