import type { Cluster } from './cluster.js';
export async function startPostgresqlPair(): Promise<Cluster | undefined> {
  return undefined;
}
export async function startMariadbPair(): Promise<Cluster | undefined> {
  return undefined;
}
