import type { TableGrowth } from '../plan/growth.js';
import { about, bytes, plural } from './format.js';
import type { Section } from './report.js';

/** Tables that are shown; the others are summed up. */
const shown = 20;

/** From this share on a table has a sentence of its own, percent. */
const large = 5;

/** Which tables grew, who cleans each, and what to do about the large ones. */
export function growthSections(tables: readonly TableGrowth[]): readonly Section[] {
  if (tables.length === 0) return [];
  const first = tables.slice(0, shown);
  const rest = tables.slice(shown);
  const restBytes = rest.reduce((sum, one) => sum + (one.bytes ?? 0), 0);
  return [
    {
      title: 'Tables by size, as the server last counted them',
      table: {
        columns: [
          { title: 'table' },
          { title: 'rows', right: true },
          { title: 'size', right: true },
          { title: 'share', right: true },
          { title: 'who cleans it' },
        ],
        rows: first.map(({ table, rows, bytes: size, share, cleaning }) => [
          table,
          rows === undefined ? '' : about(rows),
          size === undefined ? '' : bytes(size),
          share === undefined ? '' : `${share} %`,
          cleaning,
        ]),
      },
      lines: rest.length === 0 ? [] : [`and ${plural(rest.length, 'smaller table')} of ${bytes(restBytes)} in all`],
    },
    { title: 'What to do', lines: [...largeLines(tables), ...otherLines(tables)] },
  ];
}

/** Of each large table: what to run or to switch, or why nothing can be done. */
function largeLines(tables: readonly TableGrowth[]): readonly string[] {
  const largest = tables.filter(({ share = 0 }) => share >= large);
  if (largest.length === 0) return ['Of no table the size is known, or none is large.'];
  return largest.flatMap((one) => [
    `${one.table}: ${adviceOn(one)}`,
    ...(one.product === undefined ? [] : [`  The product itself ${one.product}.`]),
  ]);
}

function adviceOn({ procedure, enabledBy, goesWith, verdict }: TableGrowth): string {
  if (verdict !== undefined) return verdict;
  if (goesWith !== undefined) return `its rows go with those of ${goesWith.join(', ')}.`;
  const counted = `\`deepclean backlog ${procedure}\` counts its dead rows, \`deepclean run ${procedure}\` deletes them`;
  return enabledBy === undefined
    ? `${counted}.`
    : `${counted}, after \`deepclean settings --cleanup ${procedure} ${enabledBy}=yes\`.`;
}

/** What no database says of itself, if it has the tables that it matters for. */
function otherLines(tables: readonly TableGrowth[]): readonly string[] {
  const has = (...names: readonly string[]): boolean => tables.some(({ table }) => names.includes(table.toUpperCase()));
  return [
    ...(has('IDN_OAUTH2_ACCESS_TOKEN', 'IDN_AUTH_SESSION_STORE')
      ? [
          "Which of the product's own tasks are on stands in its file, not in the database: `deepclean regular-cleaning check deployment.toml` reads it, and says what clashes.",
        ]
      : []),
    ...(has('AM_REVOKED_JWT')
      ? [
          "If several data centres replicate this database to each other, two that delete the same rows can stop the replication: run deepclean in one of them, and in API Manager's deployment.toml switch its own cleaning of AM_REVOKED_JWT off ([apim.oauth_config] enable_revoke_token_cleanup = false).",
        ]
      : []),
    ...(has('AM_APP_REVOKED_EVENT', 'AM_SUBJECT_ENTITY_REVOKED_EVENT')
      ? [
          'If a key manager keeps its tokens elsewhere, no table says how long they live: set longest_lifetime_hours of cleanup_revocations to the longest, and only then am_event_pruning to yes.',
        ]
      : []),
  ];
}
