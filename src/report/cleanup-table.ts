import type { Policy } from '../policy/types.js';

const begin = '<!-- Made by `make generate` from src/policies. -->';
const end = '<!-- End of what `make generate` makes. -->';

/** Every cleanup and what it deletes, as a table in Markdown. */
export function cleanupTable(policies: readonly Policy[]): string {
  const rows = policies.map(({ name, title }) => `| \`cleanup_${name}\` | ${title} |`);
  return ['| procedure | deletes |', '|---|---|', ...rows].join('\n');
}

/** A page with the table between its two marks as it is now; the page itself where it has no such marks. */
export function withCleanupTable(page: string, policies: readonly Policy[]): string {
  const [from, upto] = [page.indexOf(begin), page.indexOf(end)];
  if (from < 0 || upto < from) return page;
  return `${page.slice(0, from)}${begin}\n\n${cleanupTable(policies)}\n\n${page.slice(upto)}`;
}
