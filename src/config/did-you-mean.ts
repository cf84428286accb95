/** The known word that somebody most likely meant, or nothing where none is near. */
export function didYouMean(typed: string, known: readonly string[]): string | undefined {
  const plain = simplify(typed);
  const ranked = known
    .map((word) => ({ word, distance: editDistance(plain, simplify(word)) }))
    .sort((one, other) => one.distance - other.distance);
  const nearest = ranked[0];
  return nearest && nearest.distance <= Math.max(1, Math.floor(plain.length / 3)) ? nearest.word : undefined;
}

/** Case and separators are what people get wrong most: `batchTargetMs`, `batch-target-ms`. */
const simplify = (word: string): string => word.toLowerCase().replace(/[-_.\s]/g, '');

/** Levenshtein distance, one row at a time. */
function editDistance(one: string, other: string): number {
  let previous = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [at, letter] of [...one].entries()) {
    const row = [at + 1];
    for (let to = 1; to <= other.length; to++) {
      const swap = (previous[to - 1] ?? 0) + (letter === other[to - 1] ? 0 : 1);
      row.push(Math.min(swap, (previous[to] ?? 0) + 1, (row[to - 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous[other.length] ?? 0;
}
