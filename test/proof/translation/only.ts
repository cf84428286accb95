/** What a parser found in its own words: a record of parts. */
export type Found = Readonly<Record<string, unknown>>;

/** A construct that nobody gave a meaning to: it is never passed over. */
export class NotUnderstood extends Error {
  constructor(what: string, found: unknown) {
    const text = JSON.stringify(found, (_, part) => (typeof part === 'bigint' ? String(part) : part));
    super(`${what} is not understood, so nothing is proven of it: ${text?.slice(0, 400)}`);
  }
}

/** A record that has none but these parts; others may be there if they have the value that means "without". */
export function only<Record extends object>(
  found: Record,
  parts: readonly (keyof Record & string)[],
  without: { readonly [part: string]: unknown } = {},
): Record {
  const known: readonly string[] = parts;
  for (const [part, value] of Object.entries(found)) {
    if (value === undefined || known.includes(part)) continue;
    if (part in without && without[part] === value) continue;
    throw new NotUnderstood(`"${part}"`, found);
  }
  return found;
}

export function must<Value>(value: Value | undefined | null, what: string): Value {
  if (value === undefined || value === null) throw new Error(`without ${what}`);
  return value;
}
