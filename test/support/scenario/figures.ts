/** What random databases of one engine and one cleanup came to. */
export interface RandomFigures {
  readonly engine: string;
  databases: number;
  rows: number;
  deleted: number;
  liveRowsLost: number;
}

declare module 'vitest' {
  interface TaskMeta {
    /** Told to the reporter, which sums them up. */
    random?: RandomFigures;
  }
}

const count = (number: number): string => number.toLocaleString('en');

/** A line for each engine. */
export function figureLines(all: readonly RandomFigures[]): readonly string[] {
  return [...new Set(all.map(({ engine }) => engine))].sort().map((engine) => {
    const sum = (key: 'databases' | 'rows' | 'deleted' | 'liveRowsLost') =>
      count(all.reduce((total, one) => total + (one.engine === engine ? one[key] : 0), 0));
    return `${engine}: ${sum('databases')} random databases of ${sum('rows')} rows, ${sum('deleted')} deleted, live rows lost: ${sum('liveRowsLost')}`;
  });
}
