import { UsageError } from '../errors.js';

/** What every dialect's connection reads from a URL in the same way. */

/**
 * How long a connection may be silent before it is asked whether the other side is still there, milliseconds. A run is one
 * statement, without a byte on the wire for an hour: a firewall would drop the connection as idle.
 */
export const keepAliveMs = 60_000;

/** A part of a URL without its escapes. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A lone % is what somebody typed, not an escape.
    return text;
  }
}

/** True for a host that is this machine: nobody can listen on the way there. A socket's folder is one, too. */
export const isLocalHost = (host: string): boolean =>
  host.startsWith('/') || /^(localhost|127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3})$/i.test(host);

/** Options by their names, in any case, with dashes, underscores or neither. @throws UsageError for an unknown one */
export function readUrlOptions<Option extends string>(url: URL, known: readonly Option[]): ReadonlyMap<Option, string> {
  const plain = (name: string) => name.toLowerCase().replace(/[-_ ]/g, '');
  const pairs = [...url.searchParams].map(([name, value]) => ({
    name,
    value,
    option: known.find((one) => plain(one) === plain(name)),
  }));
  const unknown = pairs.filter(({ option }) => option === undefined).map(({ name }) => name);
  if (unknown.length > 0) {
    const next = `Allowed are ${known.join(', ')}.`;
    throw new UsageError(`The connection URL has options that are not known: ${unknown.join(', ')}.`, { next });
  }
  return new Map(pairs.flatMap(({ option, value }) => (option === undefined ? [] : [[option, value] as const])));
}

/** A timeout that an option gives in seconds, in milliseconds. @throws UsageError */
export function readTimeoutMs(option: string, text: string | null | undefined): number | undefined {
  if (text === undefined || text === null) return undefined;
  // Some drivers count in milliseconds: their usual values are refused here instead of waiting for hours.
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text) * 1000;
  throw new UsageError(`${option}=${text} is not allowed.`, {
    next: 'It is a whole number of seconds from 1 to 999.',
  });
}
