// One wording, written by the tests and read back by the reporter.

const ending = ': not available on this machine';

export function missingEngineTitle(engine: string): string {
  return `${engine}${ending}`;
}

/** The engine that a test's (or its group's) title or skip note says is missing. */
export function missingEngineIn(title: string): string | undefined {
  return title.endsWith(ending) ? title.slice(0, -ending.length) : undefined;
}
