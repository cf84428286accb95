import { didYouMean } from '../config/did-you-mean.js';
import type { Connection, ResultRow } from '../dialects/dialect.js';
import { UsageError } from '../errors.js';
import { tunables } from '../policy/tunables.js';
import type { Policy } from '../policy/types.js';
import { allowedList, isAllowedList, noWords, readWordList } from '../policy/word-list.js';
import { ask, column, columns, literals, type Place, qualified, textOf } from './place.js';

/** A live setting of a cleanup, as the database holds it. */
export interface Setting {
  readonly name: string;
  readonly value: string;
  /** What deepclean ships; absent where that depends on the server. */
  readonly default?: string;
  readonly unit?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly allowed?: readonly string[];
  /** A list of words with commas between. */
  readonly isList?: true;
  readonly description: string;
}

/** The setting by which a monitor holds a run. */
export const holdSetting = 'hold_until_epoch_seconds';

const settingColumns = ['name', 'value', 'unit', 'minimum_value', 'maximum_value', 'allowed', 'description'];

/** Every live setting of a cleanup. */
export async function readSettings(connection: Connection, place: Place): Promise<readonly Setting[]> {
  const rows = await ask(
    connection,
    place,
    `SELECT ${columns(place, settingColumns)} FROM ${qualified(place, place.names.setting)}
    WHERE ${column(place, 'procedure_name')} = ${literals(place, [place.names.procedure])} ORDER BY ${column(place, 'name')}`,
  );
  const defaults = defaultsOf(place.policy);
  return rows.map((row) => withKind(toSetting(row, defaults), place.policy));
}

/**
 * Changes live settings of some cleanups, all of them or none. A setting that only some of them have is changed there.
 *
 * @throws UsageError that says what is allowed
 */
export async function changeSettings(
  connection: Connection,
  places: readonly Place[],
  changes: Readonly<Record<string, string>>,
): Promise<void> {
  const known = new Map<Place, readonly Setting[]>();
  for (const place of places) known.set(place, await readSettings(connection, place));
  const problems = new Set(
    Object.entries(changes).flatMap(([name, value]) => {
      const having = [...known.values()].filter((settings) => settings.some((one) => one.name === name));
      // Where none has it, any of them tells what was probably meant.
      return (having.length > 0 ? having : [...known.values()].slice(0, 1)).flatMap((settings) =>
        changeProblem(settings, name, value),
      );
    }),
  );
  if (problems.size > 0) {
    const [only = ''] = problems;
    const list = [...problems].map((problem) => `\n- ${problem}`).join('');
    throw new UsageError(problems.size === 1 ? only : `${problems.size} changes are refused:${list}`, {
      next: 'Nothing was changed. `deepclean settings` lists all of them.',
    });
  }
  for (const [place, settings] of known) {
    const own = Object.entries(changes).filter(([name]) => settings.some((one) => one.name === name));
    if (own.length > 0) await setSettings(connection, place, orNoWords(Object.fromEntries(own)));
  }
}

/** Only a list may be empty; not every database can keep an empty text. */
const orNoWords = (changes: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, value === '' ? noWords : value]));

/**
 * Changes settings whose names and values are known to be right.
 *
 * @throws UsageError where a row is missing: to a run its default counts, and nobody would hear of the change
 */
export async function setSettings(
  connection: Connection,
  place: Place,
  changes: Readonly<Record<string, string>>,
): Promise<void> {
  const name = column(place, 'name');
  const own = `${column(place, 'procedure_name')} = ${literals(place, [place.names.procedure])} AND ${name} IN (${literals(place, Object.keys(changes))})`;
  const present = await ask(
    connection,
    place,
    `SELECT ${name} FROM ${qualified(place, place.names.setting)} WHERE ${own}`,
  );
  const known = present.map((row) => Object.values(row).map(String)[0]);
  const missing = Object.keys(changes).filter((one) => !known.includes(one));
  if (missing.length > 0) {
    throw new UsageError(`${place.names.setting} has no row ${missing.join(', ')} of ${place.names.procedure}.`, {
      next: 'Nothing was changed. Run `deepclean install-procs`, which adds missing settings with their defaults.',
    });
  }
  const cases = Object.entries(changes).map(
    ([one, value]) => `WHEN ${literals(place, [one])} THEN ${literals(place, [value])}`,
  );
  await ask(
    connection,
    place,
    `UPDATE ${qualified(place, place.names.setting)} SET ${column(place, 'value')} = CASE ${name} ${cases.join(' ')} END
    WHERE ${own}`,
  );
}

/** Why a change would be refused by the table's own CHECK, in words. */
export function changeProblem(settings: readonly Setting[], name: string, value: string): readonly string[] {
  const setting = settings.find((one) => one.name === name);
  if (setting === undefined) {
    const meant = didYouMean(
      name,
      settings.map((one) => one.name),
    );
    return [`There is no setting ${name}${meant === undefined ? '.' : `; did you mean ${meant}?`}`];
  }
  const { minimum, maximum, allowed, unit } = setting;
  if (minimum !== undefined && maximum !== undefined) {
    const fits = /^[0-9]{1,15}$/.test(value) && Number(value) >= minimum && Number(value) <= maximum;
    return fits
      ? []
      : [`${name}=${value} is refused: it must be a whole number of ${unit} from ${minimum} to ${maximum}.`];
  }
  if (setting.isList)
    return value === '' || isAllowedList(value) ? [] : [`${name}=${value} is refused: it must be ${allowedList}.`];
  const isWindow = name === 'window' && /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/.test(value);
  const isWord = allowed?.includes(value) === true && !value.includes('HH:MM');
  if (allowed === undefined || isWord || isWindow) return [];
  return [`${name}=${value} is refused: it must be ${allowed.join(' or ')}.`];
}

/** Settings whose value is not the one that deepclean ships. */
export const changedSettings = (settings: readonly Setting[]): readonly Setting[] =>
  settings.filter((setting) => setting.default !== undefined && setting.default !== setting.value);

/** Until when runs are held, milliseconds since 1970; undefined if they are not. Until then a run rests. */
export function heldUntilMs(settings: readonly Setting[], nowMs: number): number | undefined {
  const untilMs = 1000 * Number(settings.find(({ name }) => name === holdSetting)?.value ?? 0);
  return untilMs > nowMs ? untilMs : undefined;
}

/** Why the value of a setting counts for nothing, where nobody can read it: written past this tool, it may be anything. */
export const unreadable = ({ isList, value }: Setting): string | undefined =>
  isList && readWordList(value) === undefined ? 'this is no list, and counts as (none)' : undefined;

const withKind = (setting: Setting, { parameters }: Policy): Setting =>
  parameters.some(({ name, kind }) => name === setting.name && kind === 'list')
    ? { ...setting, isList: true }
    : setting;

function defaultsOf(policy: Policy): ReadonlyMap<string, string> {
  const switches = [
    { name: 'stop_requested', default: 'no' },
    { name: 'dry_run', default: 'no' },
    { name: holdSetting, default: 0 },
  ];
  return new Map([...policy.parameters, ...tunables, ...switches].map((one) => [one.name, String(one.default)]));
}

function toSetting(row: ResultRow, defaults: ReadonlyMap<string, string>): Setting {
  const name = String(row.name);
  const shipped = defaults.get(name);
  const unit = textOf(row.unit);
  const minimum = textOf(row.minimum_value);
  const maximum = textOf(row.maximum_value);
  const allowed = textOf(row.allowed);
  return {
    name,
    value: String(row.value),
    ...(shipped !== undefined && { default: shipped }),
    ...(unit !== undefined && { unit }),
    ...(minimum !== undefined && { minimum: Number(minimum) }),
    ...(maximum !== undefined && { maximum: Number(maximum) }),
    ...(allowed !== undefined && { allowed: allowed.split(',') }),
    description: String(row.description),
  };
}
