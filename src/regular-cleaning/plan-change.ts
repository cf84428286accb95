import { UsageError } from '../errors.js';
import { type ConfigFile, fileError, lineAt } from './config-file.js';
import type { Addition, Fact, Spot } from './document.js';
import { applyEdits, type Edit } from './edit.js';
import { openDocument } from './open-document.js';
import { isPlaceholder } from './read-settings.js';
import { changeable, pathIn, switches, type Wanted } from './settings.js';

/** One setting or line of the file, before and after. */
export interface LineChange {
  /** Line in the file as it was; a new line comes below it. */
  readonly line: number;
  /** Absent: the line is new. */
  readonly before?: string;
  readonly after: string;
}

/** What would be done to a file; nothing is written yet. */
export interface ChangePlan {
  readonly file: ConfigFile;
  readonly wanted: Wanted;
  readonly changes: readonly LineChange[];
  /** The whole file, without its byte order mark, one character per byte. */
  readonly text: string;
  readonly isNeeded: boolean;
}

/**
 * Works out which bytes have to change, and proves on the changed text that exactly the wanted settings did.
 *
 * @throws UsageError where the file cannot be edited safely; it says what to do by hand
 */
export function planChange(file: ConfigFile, wanted: Wanted): ChangePlan {
  if (file.madeFrom !== undefined) {
    throw new UsageError(`${file.path} is recreated from ${file.madeFrom} whenever the product starts.`, {
      next: 'Give that file instead.',
    });
  }
  const document = openDocument(file);
  const settings = settingsOf(file, wanted);
  const found = settings.flatMap((setting) => {
    const spot = document.find(setting.path);
    return spot === undefined ? [] : [{ ...setting, spot }];
  });
  const replaced = found.flatMap(({ spot, value }) => replace(file, spot, value));
  const missing = settings.filter(({ path }) => found.every((one) => one.path !== path));
  const added = document.add(missing);
  const edits = [...replaced.map(({ edit }) => edit), ...added];
  const text = applyEdits(file.text, edits);
  refuseOtherChanges(file, text, settings);
  return {
    file,
    wanted,
    changes: [...replaced.map(({ change }) => change), ...added.flatMap((edit) => newLines(file, edit))],
    text,
    isNeeded: edits.length > 0,
  };
}

const settingsOf = ({ kind }: ConfigFile, wanted: Wanted): readonly Addition[] =>
  changeable.flatMap((name) => {
    const value = wanted[name];
    return value === undefined ? [] : [{ path: pathIn(switches[name], kind), value }];
  });

interface Replacement {
  readonly edit: Edit;
  readonly change: LineChange;
}

function replace(file: ConfigFile, spot: Spot, value: boolean): readonly Replacement[] {
  const { text } = file;
  const { from, to, valueAt } = spot;
  if (isPlaceholder(spot.value)) {
    throw fileError(
      file,
      from,
      `the value is ${spot.value}, which the product fills in when it starts.`,
      'Change it where it comes from, or write true or false here.',
    );
  }
  const now = valueAt === undefined ? '' : text.slice(valueAt.from, valueAt.to);
  if (valueAt === undefined || !/^(true|false)$/i.test(now)) {
    throw fileError(
      file,
      from,
      'the value is neither true nor false.',
      'Write true or false here, and nothing beside it.',
    );
  }
  if (now.toLowerCase() === String(value)) return [];
  const edit = { ...valueAt, text: String(value) };
  return [
    {
      edit,
      change: {
        line: lineAt(text, from),
        // The setting only: what else stands on the line may be a secret.
        before: text.slice(from, to),
        after: text.slice(from, edit.from) + edit.text + text.slice(edit.to, to),
      },
    },
  ];
}

const newLines = ({ text }: ConfigFile, { from, text: put }: Edit): readonly LineChange[] =>
  put
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((after) => ({ line: lineAt(text, from), after }));

/**
 * Reads the result, and compares what it says with what the file said. A difference is a defect of ours, so nothing gets
 * as far as the disk.
 */
export function refuseOtherChanges(file: ConfigFile, text: string, settings: readonly Addition[]): void {
  const before = openDocument(file);
  const after = openDocument({ ...file, text });
  const untouched = (facts: readonly Fact[]): string =>
    JSON.stringify(facts.filter(({ path }) => !settings.some((setting) => isPartOf(file, path, setting.path))));
  const isSet = settings.every(({ path, value }) => after.find(path)?.value.toLowerCase() === String(value));
  if (!isSet || untouched(before.facts) !== untouched(after.facts)) {
    throw new Error(`the changed ${file.path} would not say what was wanted`);
  }
}

/** Whether a fact is that setting, or in identity.xml the element around it, which may be new. */
function isPartOf({ kind }: ConfigFile, path: string, setting: readonly string[]): boolean {
  if (kind === 'toml') return path === setting.join('.');
  const element = ['', 'Server', ...setting].join('/');
  const group = ['', 'Server', ...setting.slice(0, -1)].join('/');
  return path === group || path === element || path === `${element}/text`;
}
