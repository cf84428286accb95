import { type Entry, isGroup, type Reading } from './entry.js';
import { fields } from './fields.js';

/**
 * Values from the command line, by flag (`password-file`, `every`), by key (`passwordFile`), by dotted key
 * (`settings.pause_ms`, `schedule.window`) or nested as the keys are. `undefined` counts as not given.
 */
export type Flags = Readonly<Record<string, unknown>>;

/** Reads the flags; the caller passes only those that belong to the configuration. */
export function readFlags(flags: Flags): Reading {
  return { entries: entriesIn(flags, []), problems: [], warnings: [] };
}

function entriesIn(values: Flags, parents: readonly string[]): readonly Entry[] {
  return Object.entries(values).flatMap(([key, value]): readonly Entry[] => {
    if (value === undefined) return [];
    const path = [...parents, ...key.split('.')];
    if (isGroup(path) && typeof value === 'object' && value !== null) return entriesIn(value as Flags, path);
    const name = path.join('.');
    const field = fields.find((one) => one.name === name) ?? fields.find((one) => one.flagName === name);
    return [{ path: field?.path ?? path, value, origin: `flag --${field?.flagName ?? name}` }];
  });
}
