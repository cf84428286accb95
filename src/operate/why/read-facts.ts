import type { Connection } from '../../dialects/dialect.js';
import type { Plan } from '../../plan/types.js';
import type { Facts } from '../../policy/evaluate.js';
import { readWordList } from '../../policy/word-list.js';
import { cutOffColumn, cutOffQuery, nowColumn } from '../../render/cut-off-query.js';
import { ask, type Place } from '../place.js';

/** What a cleanup's rules are compared with at this moment. */
export interface Moment {
  /** UTC on the server's clock, microseconds since 1970. */
  readonly now: bigint;
  readonly facts: Pick<Facts, 'cutOffs' | 'enabled' | 'lists'>;
}

/** Before all times: nothing is before a cut-off that is NULL. */
const beforeAll = -(2n ** 62n);

/** The cut-offs by the database's own clock, and the settings, as a run that begins now would have them. */
export async function readMoment(
  connection: Connection,
  place: Place,
  plan: Plan,
  settings: Readonly<Record<string, string>>,
): Promise<Moment> {
  const setting = (name: string): string => {
    const parameter = plan.parameters.find((one) => one.name === name);
    return settings[name] ?? String(parameter?.default ?? '');
  };
  const [row] = await ask(connection, place, cutOffQuery(plan, place.dialect, place.namespace, setting));
  const instant = (name: string): bigint | undefined => {
    const value = row?.[name];
    return value === null || value === undefined ? undefined : BigInt(String(value));
  };
  const words = plan.parameters.filter(({ kind }) => kind === 'word');
  const lists = plan.parameters.filter(({ kind }) => kind === 'list');
  const now = instant(nowColumn);
  if (now === undefined) throw new Error('the server does not say what time it is');
  return {
    now,
    facts: {
      cutOffs: Object.fromEntries(plan.cutOffs.map(({ name }, at) => [name, instant(cutOffColumn(at)) ?? beforeAll])),
      enabled: Object.fromEntries(words.map(({ name }) => [name, setting(name) === 'yes'])),
      lists: Object.fromEntries(lists.map(({ name }) => [name, readWordList(setting(name)) ?? []])),
    },
  };
}
