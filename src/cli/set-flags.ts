import { didYouMean } from '../config/did-you-mean.js';
import { fields } from '../config/fields.js';
import { UsageError } from '../errors.js';

/**
 * `--set name=value` as configuration keys: `safe_period_minutes=240` is `policies.tokens.safe_period_minutes`. A name
 * that several cleanups have counts for all of them; one with dots is a key as it stands in the file.
 *
 * @throws UsageError for what is no pair; names and values are checked with the configuration
 */
export function setFlags(pairs: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.flatMap((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) {
        throw new UsageError(`--set ${pair} is no pair.`, {
          next: 'Write --set name=value, such as --set pause_ms=50.',
        });
      }
      return keysOf(pair.slice(0, at)).map((key) => [key, pair.slice(at + 1)] as const);
    }),
  );
}

/** Groups whose keys may be named without the group. */
const short = /^(settings|policies\.[^.]+)\./;

function keysOf(name: string): readonly string[] {
  if (fields.some((field) => field.name === name) || name.includes('.')) return [name];
  const inGroups = fields.filter((field) => short.test(field.name));
  const named = inGroups.filter((field) => field.path.at(-1) === name);
  if (named.length > 0) return named.map((field) => field.name);
  // The configuration tells what was probably meant, in the group that has the nearest name.
  const names = inGroups.map((field) => field.path.at(-1) ?? '');
  const nearest = names.find((one) => one.startsWith(name)) ?? didYouMean(name, names);
  const group = inGroups.find((field) => field.path.at(-1) === nearest)?.path.slice(0, -1) ?? ['settings'];
  return [[...group, name].join('.')];
}
