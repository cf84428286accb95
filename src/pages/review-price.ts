import type { Findings } from '../operate/near/findings.js';
import { totalOf } from '../operate/read-backlog.js';
import { about, bytes, count, duration, plural } from '../report/format.js';
import type { Html } from './html.js';
import { bullets, paragraph, table } from './page.js';

/** What a run costs: the tables by size, what is dead in them, what copies of it take, and how long it lasts. */
export function priceBlocks(procedure: string, keepsRows: boolean, findings: Findings | undefined): readonly Html[] {
  if (findings === undefined) return [];
  const { price, backlog = [] } = findings;
  const deadOf = (name: string): number =>
    totalOf(backlog.filter((entry) => entry.table.toLowerCase() === name.toLowerCase()));
  const known = findings.backlog !== undefined;
  const { sizes } = price;
  return [
    typeof sizes === 'string'
      ? paragraph({ text: sizes, tone: 'warn' })
      : table(`${procedure}: what it works on, as the server knows it`, {
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
            ...(known ? [count(deadOf(name))] : []),
            ...(known && keepsRows ? [rowBytes === undefined ? 'not known' : bytes(deadOf(name) * rowBytes)] : []),
          ]),
        }),
    bullets([...durationWords(findings), ...(known ? [] : ['How many rows are dead is known once it is installed.'])]),
  ];
}

/** How long a run takes by what the latest one did; what goes along with a dead row is in that speed, too. */
function durationWords({ price: { lastRun }, backlog }: Findings): readonly string[] {
  if (lastRun === undefined) {
    return ['No run has deleted rows here yet, so how long one takes is not known: `deepclean rehearse` measures it.'];
  }
  const { runId, rows, ms } = lastRun;
  const dead = backlog === undefined ? 0 : totalOf(backlog);
  return [
    `Run ${runId}, the latest that deleted rows, took ${duration(ms)} for ${plural(rows, 'row')}, rests included.`,
    ...(dead === 0
      ? []
      : [
          `At that speed the ${count(dead)} rows that are dead now take about ${duration((dead * ms) / rows)}, and longer with rows that go along (estimate; ${about(rows / (ms / 1000))} rows a second).`,
        ]),
  ];
}
