import type { Config } from './schema.js';

/** A contradiction between values that are each allowed. */
export interface Contradiction {
  /** Names of the values that take part. */
  readonly names: readonly string[];
  readonly problem: string;
}

/** Contradictions in a configuration whose values are each allowed. */
export function checkConsistency(config: Config): readonly Contradiction[] {
  return [...batchBounds(config), ...emptyWindows(config), ...sharedNames(config)];
}

function batchBounds({ settings }: Config): readonly Contradiction[] {
  const names = ['settings.batch_rows_minimum', 'settings.batch_rows_maximum'];
  const { batch_rows_minimum: minimum, batch_rows_maximum: maximum = minimum } = settings;
  return minimum > maximum ? [{ names, problem: `the minimum ${minimum} exceeds the maximum ${maximum}` }] : [];
}

function emptyWindows({ settings, schedule }: Config): readonly Contradiction[] {
  const windows = { 'settings.window': settings.window, 'schedule.window': schedule.window };
  return Object.entries(windows).flatMap(([name, window = 'always']) => {
    const [from, to] = window.split('-');
    return from === to
      ? [{ names: [name], problem: `${window} begins and ends at once; write always for the whole day` }]
      : [];
  });
}

function sharedNames({ procedures }: Config): readonly Contradiction[] {
  const chosen = Object.entries(procedures).flatMap(([policy, names]) => [
    { key: `procedures.${policy}.procedure`, name: names.procedure ?? `cleanup_${policy}` },
    { key: `procedures.${policy}.restore`, name: names.restore ?? `restore_${policy}` },
  ]);
  return chosen.flatMap(({ key, name }, at) => {
    const other = chosen.slice(0, at).find((one) => one.name.toLowerCase() === name.toLowerCase());
    return other ? [{ names: [other.key, key], problem: `two procedures cannot both be named ${name}` }] : [];
  });
}
