/** Prefixes of the product's own tables. */
const productPrefix = /^(IDN_|AM_|REG_|WF_|UM_|IDP)/i;

/** A foreign key as a pair of table names. */
export interface Tie {
  readonly table: string;
  readonly references: string;
}

/** The product's tables by their prefix, and every table that foreign keys tie to one of them, however far. */
export function relatedTables(names: readonly string[], ties: readonly Tie[]): ReadonlySet<string> {
  const known = new Set(names);
  const neighbours = new Map<string, string[]>();
  for (const { table, references } of ties) {
    neighbours.set(table, [...(neighbours.get(table) ?? []), references]);
    neighbours.set(references, [...(neighbours.get(references) ?? []), table]);
  }
  const related = new Set(names.filter((name) => productPrefix.test(name)));
  // A set that grows while it is walked is walked to its end.
  for (const name of related) {
    for (const neighbour of neighbours.get(name) ?? []) if (known.has(neighbour)) related.add(neighbour);
  }
  return related;
}

/** Collects rows under a key, in their order. */
export function groupBy<Row>(rows: readonly Row[], key: (row: Row) => string): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group) group.push(row);
    else groups.set(key(row), [row]);
  }
  return groups;
}
