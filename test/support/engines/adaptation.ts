/**
 * What a server that imitates a vendor's cannot read, and what it is sent instead. The generated SQL is never bent to an
 * imitation: only what a test's connection sends is, and the run's last lines say how.
 */
export interface Adaptation {
  /** The vendor's words that the imitation does not know. */
  readonly what: string;
  readonly pattern: RegExp;
  readonly replacement: string | ((...groups: string[]) => string);
}

/** The text as the imitation can read it, and which adaptations that took, in their order. */
export function adapted(
  sql: string,
  adaptations: readonly Adaptation[],
): { readonly sql: string; readonly used: readonly Adaptation[] } {
  const used: Adaptation[] = [];
  let text = sql;
  for (const adaptation of adaptations) {
    const { pattern, replacement } = adaptation;
    // TypeScript tells the two kinds of replacement apart only when they are passed apart.
    const next =
      typeof replacement === 'string' ? text.replace(pattern, replacement) : text.replace(pattern, replacement);
    if (next !== text) used.push(adaptation);
    text = next;
  }
  return { sql: text, used };
}
