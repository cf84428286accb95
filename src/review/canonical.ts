/** Data as JSON that has the same bytes whenever it has the same content: keys in order, a line break at the end. */
export const canonicalJson = (value: unknown): string => `${JSON.stringify(inOrder(value), null, 2)}\n`;

/** Whether two pieces of data say the same. */
export const isSame = (one: unknown, other: unknown): boolean => canonicalJson(one) === canonicalJson(other);

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : Number(one > other)));
  return Object.fromEntries(entries.map(([key, part]) => [key, inOrder(part)]));
}
