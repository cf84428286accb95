/** What the runs of a cleanup in a cluster came to. */
export interface ClusterFigures {
  readonly cluster: string;
  rounds: number;
  doubleRuns: number;
  lostRows: number;
  /** Comparisons of all nodes, and those in which they were equal. */
  compared: number;
  equal: number;
}

declare module 'vitest' {
  interface TaskMeta {
    /** Told to the reporter, which sums them up. */
    cluster?: ClusterFigures;
  }
}

/** A line for each cluster. */
export function clusterLines(all: readonly ClusterFigures[]): readonly string[] {
  return [...new Set(all.map(({ cluster }) => cluster))].sort().map((cluster) => {
    const sum = (key: 'rounds' | 'doubleRuns' | 'lostRows' | 'compared' | 'equal') =>
      all.reduce((total, one) => total + (one.cluster === cluster ? one[key] : 0), 0);
    return `${cluster}: ${sum('rounds')} rounds, double runs: ${sum('doubleRuns')}, live rows lost or rows without a copy: ${sum('lostRows')}, nodes equal: ${sum('equal')} of ${sum('compared')} times`;
  });
}
