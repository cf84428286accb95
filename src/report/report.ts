/** What a command has to say, as data: the command line draws it, or prints the JSON. */

/** How a cell is meant; drawn as a colour where there are colours. */
export type Tone = 'good' | 'bad' | 'warn' | 'quiet' | 'strong';

export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
}

export interface Column {
  readonly title: string;
  /** Numbers stand below each other by their last digit. */
  readonly right?: boolean;
}

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly (string | Cell)[])[];
}

/** A headline, sentences, and a table; each may be absent. */
export interface Section {
  readonly title?: string;
  readonly lines?: readonly (string | Cell)[];
  readonly table?: Table;
}

export interface Report {
  readonly sections: readonly Section[];
  /** The same facts for programs. */
  readonly json: unknown;
}

/** The reports of several cleanups, or runs, as one; that of a single one is as it would be alone. */
export function together(reports: readonly Report[], name: 'cleanups' | 'runs' = 'cleanups'): Report {
  const [only, ...more] = reports;
  if (only !== undefined && more.length === 0) return only;
  return {
    sections: reports.flatMap(({ sections }) => sections),
    json: { [name]: reports.map(({ json }) => json) },
  };
}
