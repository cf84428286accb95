/** Milliseconds that statements took, by kind. */
export class Latencies {
  private readonly byKind = new Map<string, number[]>();

  add(kind: string, ms: number): void {
    const known = this.byKind.get(kind);
    if (known === undefined) this.byKind.set(kind, [ms]);
    else known.push(ms);
  }

  addAll(others: Latencies): void {
    for (const [kind, values] of others.byKind) for (const ms of values) this.add(kind, ms);
  }

  get kinds(): readonly string[] {
    return [...this.byKind.keys()].sort();
  }

  /** Of one kind, or of all statements. */
  quantiles(kind?: string): Quantiles {
    return quantilesOf(kind === undefined ? [...this.byKind.values()].flat() : (this.byKind.get(kind) ?? []));
  }
}

export interface Quantiles {
  readonly count: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** The smallest value that so many of a hundred do not exceed; hundredths of a millisecond are kept. */
export function quantilesOf(values: readonly number[]): Quantiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (percent: number): number => rounded(sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? Number.NaN);
  return { count: sorted.length, p50: at(50), p95: at(95), p99: at(99), max: at(100) };
}

const rounded = (ms: number): number => Math.round(ms * 100) / 100;
