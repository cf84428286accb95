import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployment } from '../../support/deployment.js';
import { Latencies } from './latencies.js';
import { ProductSession } from './product.js';
import type { Sample } from './sample.js';

/** What the product's sessions met in some time. */
export class Experience {
  readonly latencies = new Latencies();
  readonly errors: string[] = [];
  deadlocks = 0;

  note(error: unknown): void {
    if (/deadlock/i.test(String(error))) this.deadlocks += 1;
    else this.errors.push(String(error).slice(0, 200));
  }

  add(other: Experience): void {
    this.latencies.addAll(other.latencies);
    this.errors.push(...other.errors);
    this.deadlocks += other.deadlocks;
  }
}

/** The product's sessions at work, with so many transactions a second in all. */
export class Load {
  private experience = new Experience();
  private readonly sessions: readonly ProductSession[];
  private readonly workers: readonly Promise<void>[];
  private ended = false;
  private paused = false;

  private constructor(sessions: readonly ProductSession[], perSecond: number) {
    this.sessions = sessions;
    const between = (1000 * sessions.length) / perSecond;
    this.workers = sessions.map((session) => this.keepBusy(session, between));
  }

  static async begin(
    { database, family }: Deployment,
    sample: Sample,
    count: number,
    perSecond: number,
  ): Promise<Load> {
    const connections = await Promise.all(Array.from({ length: count }, () => database.connect()));
    return new Load(
      connections.map((connection) => new ProductSession(connection, family, sample, new Latencies())),
      perSecond,
    );
  }

  /** What happens from now on is told apart from what happened before, which it gives. */
  turnPage(): Experience {
    const past = this.experience;
    this.experience = new Experience();
    for (const session of this.sessions) session.recordInto(this.experience.latencies);
    return past;
  }

  /** Nothing is asked for until it goes on. */
  pause(): void {
    this.paused = true;
  }

  goOn(): void {
    this.paused = false;
  }

  async end(): Promise<void> {
    this.ended = true;
    await Promise.all(this.workers);
  }

  /** Each session thinks between two transactions, so that they come at a steady rate; one that is late does not hurry. */
  private async keepBusy(session: ProductSession, between: number): Promise<void> {
    let due = performance.now() + Math.random() * between;
    while (!this.ended) {
      await sleep(Math.max(0, due - performance.now()));
      const { experience } = this;
      if (!this.paused) await session.act().catch((error: unknown) => experience.note(error));
      due = Math.max(due + 2 * Math.random() * between, performance.now());
    }
  }
}
