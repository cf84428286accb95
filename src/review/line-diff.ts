/** A line of two texts that are compared: in both, gone, or new. */
export interface DiffLine {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

/** Above it, what lies between the first and the last difference is not compared line by line. */
const largestTable = 4_000_000;

/** Lines of two texts beside each other: the longest common part stays, as `diff` does. */
export function diffLines(old: string, now: string): readonly DiffLine[] {
  const [before, after] = [old.split('\n'), now.split('\n')];
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start += 1;
  let end = 0;
  const most = Math.min(before.length, after.length) - start;
  while (end < most && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const same = (lines: readonly string[]): DiffLine[] => lines.map((text) => ({ mark: ' ', text }));
  return [
    ...same(before.slice(0, start)),
    ...middle(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...same(before.slice(before.length - end)),
  ];
}

function middle(before: readonly string[], after: readonly string[]): readonly DiffLine[] {
  const width = after.length + 1;
  if ((before.length + 1) * width > largestTable) {
    return [
      ...before.map((text): DiffLine => ({ mark: '-', text })),
      ...after.map((text): DiffLine => ({ mark: '+', text })),
    ];
  }
  // By place in both texts: the length of the longest common part of what follows.
  const common = new Uint32Array((before.length + 1) * width);
  const at = (one: number, other: number): number => common[one * width + other] ?? 0;
  for (let one = before.length - 1; one >= 0; one -= 1) {
    for (let other = after.length - 1; other >= 0; other -= 1) {
      common[one * width + other] =
        before[one] === after[other] ? at(one + 1, other + 1) + 1 : Math.max(at(one + 1, other), at(one, other + 1));
    }
  }
  const lines: DiffLine[] = [];
  let [one, other] = [0, 0];
  while (one < before.length || other < after.length) {
    if (one < before.length && other < after.length && before[one] === after[other]) {
      lines.push({ mark: ' ', text: before[one] ?? '' });
      one += 1;
      other += 1;
    } else if (one < before.length && (other === after.length || at(one + 1, other) >= at(one, other + 1))) {
      lines.push({ mark: '-', text: before[one] ?? '' });
      one += 1;
    } else {
      lines.push({ mark: '+', text: after[other] ?? '' });
      other += 1;
    }
  }
  return lines;
}

/** The lines that differ, with some around them; `…` stands for the others. Nothing if none differs. */
export function diffText(old: string, now: string, around = 3): string | undefined {
  const lines = diffLines(old, now);
  const near = lines.map((_, at) =>
    lines.slice(Math.max(0, at - around), at + around + 1).some(({ mark }) => mark !== ' '),
  );
  if (!near.includes(true)) return undefined;
  return lines
    .flatMap(({ mark, text }, at) => (near[at] ? [`${mark} ${text}`.trimEnd()] : at === 0 || near[at - 1] ? ['…'] : []))
    .join('\n');
}
