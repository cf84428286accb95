import type { Dialect } from '../dialects/dialect.js';
import type { Plan } from '../plan/types.js';
import { particularTunables, tunables } from '../policy/tunables.js';
import type { Parameter } from '../policy/types.js';

/** Values that the configuration gives to parameters and tunables, by name. */
export type SettingValues = Readonly<Record<string, string | number>>;

/** A row of the settings table as it is seeded; values that an operator changed later are kept. */
export interface Seed {
  readonly name: string;
  readonly value: string;
  readonly isNumber: boolean;
  readonly unit: string;
  readonly minimum: string;
  readonly maximum: string;
  readonly allowed: string;
  readonly description: string;
}

/** Switches of a running procedure; not configured but thrown by an operator or by the command line. */
const switches: readonly Parameter[] = [
  {
    kind: 'word',
    name: 'stop_requested',
    default: 'no',
    allowed: ['no', 'yes'],
    description: 'yes: the run that is going on stops after its current batch',
  },
  {
    kind: 'word',
    name: 'dry_run',
    default: 'no',
    allowed: ['no', 'yes'],
    description: 'yes: runs count dead rows and delete nothing',
  },
  {
    kind: 'number',
    name: 'hold_until_epoch_seconds',
    unit: 'seconds',
    default: 0,
    minimum: 0,
    maximum: 4_102_444_800,
    description: 'Until then, in seconds since 1970 in UTC, a run rests: for a monitor that sees trouble',
  },
];

/** All settings of a plan's procedure, with the configured values. */
export function seedSettings(plan: Plan, dialect: Dialect, values: SettingValues): readonly Seed[] {
  return [...plan.parameters, ...tunablesOf(dialect), ...switches].map((parameter) =>
    seed(parameter, values[parameter.name] ?? usualValue(parameter.name, dialect)),
  );
}

/** What counts for a setting whose row is missing: what deepclean ships for this dialect. */
export const settingDefaults = (dialect: Dialect): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...tunablesOf(dialect), ...switches].map(({ name, default: value }) => [
      name,
      String(usualValue(name, dialect) ?? value),
    ]),
  );

function tunablesOf({ capabilities }: Dialect): readonly Parameter[] {
  const strange = particularTunables.filter((name) => !capabilities.particularTunables.includes(name));
  return tunables.filter(({ name }) => !strange.some((one) => one === name));
}

const usualValue = (name: string, { capabilities }: Dialect): number | undefined =>
  name === 'batch_rows_maximum' ? capabilities.largestBatchRows : undefined;

function seed(parameter: Parameter, value: string | number | undefined): Seed {
  const text = String(value ?? parameter.default);
  const { name, description } = parameter;
  return parameter.kind === 'number'
    ? {
        name,
        value: text,
        isNumber: true,
        unit: parameter.unit,
        minimum: String(parameter.minimum),
        maximum: String(parameter.maximum),
        allowed: '',
        description,
      }
    : {
        name,
        value: text,
        isNumber: false,
        unit: '',
        minimum: '',
        maximum: '',
        allowed: parameter.kind === 'word' ? parameter.allowed.join(',') : '',
        description,
      };
}
