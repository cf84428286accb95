import type { Findings } from '../operate/near/findings.js';
import { totalOf } from '../operate/read-backlog.js';
import type { Plan } from '../plan/types.js';
import { bytes, count, duration, plural } from '../report/format.js';
import type { Html } from './html.js';
import { bullets, paragraph, table } from './page.js';

/** What a run costs: the tables by size, what is dead in them, what copies of it take, and how long it lasts. */
export function priceBlocks({ names, steps, backup }: Plan, findings: Findings | undefined): readonly Html[] {
  if (findings === undefined) return [];
  const { price, backlog } = findings;
  const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
  /** Undefined: its rows go with those of other tables, and nobody has counted them. */
  const deadIn = (name: string): number | undefined =>
    steps.some((step) => isSame(step.table.name, name))
      ? totalOf((backlog ?? []).filter((entry) => isSame(entry.table, name)))
      : undefined;
  const copies = (dead: number | undefined, rowBytes: number | undefined): string =>
    dead === 0 ? bytes(0) : dead === undefined || rowBytes === undefined ? 'not known' : bytes(dead * rowBytes);
  const known = backlog !== undefined;
  const keepsRows = backup === 'deleted-rows';
  const { sizes } = price;
  return [
    typeof sizes === 'string'
      ? paragraph({ text: sizes, tone: 'warn' })
      : table(`${names.procedure}: what it works on, as the server knows it`, {
          columns: [
            { title: 'Table' },
            { title: 'Rows, about', right: true },
            { title: 'Size', right: true },
            ...(known ? [{ title: 'Dead rows', right: true }] : []),
            ...(known && keepsRows ? [{ title: 'Their copies, about', right: true }] : []),
          ],
          rows: sizes.map(({ table: name, rows, bytes: size, rowBytes }) => [
            name,
            rows === undefined ? 'not known' : count(rows),
            size === undefined ? 'not known' : bytes(size),
            ...(known ? [deadIn(name) === undefined ? 'go with others' : count(deadIn(name) ?? 0)] : []),
            ...(known && keepsRows ? [copies(deadIn(name), rowBytes)] : []),
          ]),
        }),
    bullets([...durationWords(findings), ...(known ? [] : ['How many rows are dead is known once it is installed.'])]),
  ];
}

/** How long a run takes by what the latest one did. */
function durationWords({ price: { lastRun }, backlog }: Findings): readonly string[] {
  if (lastRun === undefined) {
    return ['No run has deleted rows here yet, so how long one takes is not known: `deepclean rehearse` measures it.'];
  }
  const { runId, dead, rows, ms } = lastRun;
  const now = backlog === undefined ? 0 : totalOf(backlog);
  const along = rows > dead ? `, and ${count(rows - dead)} that went with them` : '';
  return [
    `Run ${runId}, the latest that deleted rows, took ${duration(ms)} for ${plural(dead, 'dead row')}${along}; rests included.`,
    ...(now === 0
      ? []
      : [
          `At that speed the next one takes about ${duration((now * ms) / dead)} for the ${count(now)} that are dead now (estimate).`,
        ]),
  ];
}
