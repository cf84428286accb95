import type { Connection } from '../dialects/dialect.js';
import type { Health } from './health.js';
import type { Place } from './place.js';
import { heldUntilMs, holdSetting, readSettings, setSettings } from './settings.js';

/** How long a run is held from each bad answer on, seconds: if nobody is left to ask, it ends on its own. */
const holdSeconds = 60;

export interface HealthWatch {
  readonly ask: () => Promise<Health>;
  readonly everyMs: number;
  /** Told when the answer changes. */
  readonly onChange: (health: Health) => void;
  /** Told of what kept a run from being held. */
  readonly onError: (error: unknown) => void;
}

/**
 * Holds runs of a cleanup while the answer is bad, from the first answer on. Returns what ends the watch, and its hold.
 * The end of a hold is set by this machine's clock.
 */
export async function holdWhileUnwell(
  connection: Connection,
  place: Place,
  { ask, everyMs, onChange, onError }: HealthWatch,
): Promise<() => Promise<void>> {
  let wasGood = true;
  let [own, theirs] = [0, 0];
  let isOver = false;
  let timer: NodeJS.Timeout | undefined;
  const now = (): number => Math.floor(Date.now() / 1000);

  /** Somebody else may hold it for longer. */
  async function hold(): Promise<void> {
    const until = now() + holdSeconds;
    const there = await held();
    if (there >= until) return;
    if (there !== own) theirs = there;
    await setSettings(connection, place, { [holdSetting]: String(until) });
    own = until;
  }
  async function letGo(): Promise<void> {
    // Somebody else's hold that was there before, and was shorter, goes on.
    const before = theirs > now() ? theirs : 0;
    if (own > now() && (await held()) === own) await setSettings(connection, place, { [holdSetting]: String(before) });
    own = 0;
  }
  const held = async (): Promise<number> =>
    (heldUntilMs(await readSettings(connection, place), Date.now()) ?? 0) / 1000;

  async function look(): Promise<void> {
    const health = await ask();
    if (isOver) return;
    await (health.isGood ? letGo() : hold());
    if (health.isGood !== wasGood) onChange(health);
    wasGood = health.isGood;
  }
  let looking = Promise.resolve();
  const lookAgain = (): void => {
    looking = look()
      .catch(onError)
      .then(() => {
        if (!isOver) timer = setTimeout(lookAgain, everyMs);
      });
  };
  lookAgain();
  await looking;
  return async () => {
    isOver = true;
    clearTimeout(timer);
    await looking;
    await letGo().catch(onError);
  };
}
