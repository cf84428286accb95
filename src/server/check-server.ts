import type { Dialect, ServerFacts } from '../dialects/dialect.js';
import type { Problem } from '../errors.js';

/** What the server itself has against an installation; a server that is set to read only may be meant all the same. */
export function serverProblems(server: ServerFacts, dialect: Dialect, allowReadOnly = false): readonly Problem[] {
  return [
    ...(isTooOld(server, dialect)
      ? [
          {
            what: `${dialect.title} ${server.version} is too old`,
            next: `Use ${dialect.title} ${dialect.capabilities.minimumVersion} or later.`,
          },
        ]
      : []),
    ...(server.readOnly === undefined
      ? []
      : [
          {
            what: `The server refuses writes: ${server.readOnly}`,
            next: 'Connect to the primary server, or to one that takes writes.',
          },
        ]),
    ...(server.readOnly !== undefined || server.overriddenReadOnly === undefined || allowReadOnly
      ? []
      : [
          {
            what: `The server is set to read only, though this user may write: ${server.overriddenReadOnly}`,
            next: 'Connect to the primary server. If you mean this one, say so with --set allow_read_only=yes.',
          },
        ]),
    ...server.obstacles.map((what) => ({
      what: `The server is set up in a way that is not safe: ${what}`,
      next: 'Have the database administrator change that setting; deepclean does not touch it.',
    })),
  ];
}

/** So old that even the questions of a preflight may not be understood. */
export const isTooOld = (server: ServerFacts, dialect: Dialect): boolean =>
  server.evergreen !== true && compareVersions(server.version, dialect.capabilities.minimumVersion) < 0;

/** Number by number; a part that is left out counts as 0. */
export function compareVersions(one: string, other: string): number {
  const [left, right] = [one, other].map((version) => version.split('.').map(Number));
  const length = Math.max(left?.length ?? 0, right?.length ?? 0);
  for (let at = 0; at < length; at++) {
    const difference = (left?.[at] ?? 0) - (right?.[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
