import type { Clock, CutOff, NumberParameter, Policy, Predicate } from './types.js';
import { partsOf } from './visit.js';

/** The setting that every cleanup has whose rules judge a timestamp of a clock that nobody knows. */
export const uncertaintyName = 'clock_uncertainty_hours';

/** No zone is further west of UTC than this: by so much the wall clock of a writer may lie behind. */
const furthestWestHours = 12;

/** No zone is further east: by so much less a server keeps of a timestamp that it converts by the session's zone. */
const furthestEastHours = 14;

/** By how much a timestamp may lie behind the instant that it stands for. */
export const clockUncertainty = (convertsBySession: boolean): NumberParameter => ({
  kind: 'number',
  name: uncertaintyName,
  unit: 'hours',
  default: convertsBySession ? furthestWestHours + furthestEastHours : furthestWestHours,
  minimum: 0,
  maximum: furthestWestHours + furthestEastHours,
  description: `How far a timestamp may lie behind its instant: ${furthestWestHours} in any zone, ${furthestWestHours + furthestEastHours} if sessions convert it`,
});

/** Some rule may judge a timestamp of a clock that nobody knows. */
export const hasUnknownClock = (cutOffs: readonly CutOff[]): boolean =>
  cutOffs.some(({ clock }) => clock === 'unknown');

type Compared = Extract<Predicate, { readonly cutOff: string }>;

/**
 * What a rule compares with a cut-off: the clock of the column, and whether the rule stands beneath a negation. There a row
 * would be dead because a time is *late*, and no time lies behind by a known bound and ahead by none.
 */
interface Comparison {
  readonly rule: Compared;
  readonly table: string;
  readonly clock: Clock;
  readonly negated: boolean;
}

const ofTimestamps: readonly Predicate['kind'][] = ['before', 'periodOver', 'outlives'];

const clockOf = (rule: Compared): Clock => (ofTimestamps.includes(rule.kind) ? 'unknown' : 'utc');

function comparisonsIn(rule: Predicate, table: string, negated: boolean): readonly Comparison[] {
  if ('cutOff' in rule) return [{ rule, table, clock: clockOf(rule), negated }];
  const below = rule.kind === 'unless' || rule.kind === 'noRow' ? !negated : negated;
  return partsOf(rule, table).flatMap(([part, of]) => comparisonsIn(part, of, below));
}

/** A sentence for each rule that compares a time with a cut-off which was made for another clock. */
export function clockProblems({ steps, cutOffs }: Pick<Policy, 'steps' | 'cutOffs'>): readonly string[] {
  const wholeRules = steps.flatMap((step) => [
    ...(step.guard ? [[step.guard, step.table] as const] : []),
    ...step.reasons.map(({ when }) => [when, step.table] as const),
    ...(step.followers ?? []).map(({ guard, table }) => [guard, table] as const),
  ]);
  return wholeRules
    .flatMap(([rule, table]) => comparisonsIn(rule, table, false))
    .flatMap(({ rule, table, clock, negated }) => {
      const column = 'column' in rule ? rule.column : 'stamp' in rule ? rule.stamp : rule.columns.join(', ');
      const declared = cutOffs.find(({ name }) => name === rule.cutOff);
      const what = `${table}.${column} is compared with ${rule.cutOff}`;
      const wrongClock =
        declared === undefined || declared.clock === clock
          ? []
          : [
              clock === 'unknown'
                ? `${what}, whose clock is utc: nobody knows which clock wrote a timestamp, so its clock must be unknown`
                : `${what}, whose clock is unknown: these times are in UTC, so its clock must be utc`,
            ];
      const wrongSide =
        negated && clock === 'unknown'
          ? [`${what} beneath a negation: a timestamp that lies behind or ahead would make the row dead`]
          : [];
      return [...wrongClock, ...wrongSide];
    });
}
