/** Queries of the same columns as one, by lines. */
export const unionAll = (queries: readonly (readonly string[])[]): readonly string[] =>
  queries.flatMap((query, place) => (place === 0 ? query : ['UNION ALL', ...query]));
