import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Time of the processors in ticks: all there was, what was worked, and what this process and its servers worked. */
interface Ticks {
  readonly all: number;
  readonly busy: number;
  readonly own: number;
}

/** Measures from now on how much of the processors others use; where the system does not tell, they use nothing. */
export class Noise {
  private readonly began = ticks();

  /** In percent of all processors. */
  get percent(): number {
    const ended = ticks();
    const all = ended.all - this.began.all;
    const others = ended.busy - this.began.busy - (ended.own - this.began.own);
    return all === 0 ? 0 : Math.max(0, Math.round((100 * others) / all));
  }
}

/** Waits until others have used little for a second, or the patience is over; whether they do. */
export async function waitForSilence(mostPercent: number, patienceSeconds: number): Promise<boolean> {
  for (const deadline = Date.now() + patienceSeconds * 1000; Date.now() < deadline; ) {
    const noise = new Noise();
    await sleep(1000);
    if (noise.percent <= mostPercent) return true;
  }
  return false;
}

function ticks(): Ticks {
  const first = textOf('/proc/stat').split('\n')[0] ?? '';
  const [user = 0, nice = 0, system = 0, idle = 0, waiting = 0, ...rest] = first.split(/\s+/).slice(1).map(Number);
  const [interrupts = 0, soft = 0, stolen = 0] = rest;
  const busy = user + nice + system + interrupts + soft + stolen;
  return { all: busy + idle + waiting, busy, own: ownTicks() };
}

/** Of this process and of all that it started. */
function ownTicks(): number {
  const processes = readEach();
  const isOwn = (id: number): boolean => {
    for (let at: number | undefined = id; at !== undefined && at > 1; at = processes.get(at)?.parent) {
      if (at === process.pid) return true;
    }
    return false;
  };
  return [...processes].reduce((sum, [id, { worked }]) => (isOwn(id) ? sum + worked : sum), 0);
}

function readEach(): Map<number, { readonly parent: number; readonly worked: number }> {
  const found = new Map<number, { parent: number; worked: number }>();
  for (const name of namesIn('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    // Behind the name, which may hold anything, stand the state, the parent and, tenth from there, four times.
    const fields = textOf(`/proc/${name}/stat`).split(') ').at(-1)?.split(' ') ?? [];
    const worked = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
    if (fields.length > 15) found.set(Number(name), { parent: Number(fields[1]), worked });
  }
  return found;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
