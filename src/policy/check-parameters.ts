import { namesUsedBy } from './columns.js';
import type { CutOff, NumberParameter, Parameter, Policy, WordParameter } from './types.js';
import { rulesOf } from './visit.js';
import { isAllowedList } from './word-list.js';

/** How many hours a unit of time has; what is not a length of time is not here. */
const hoursIn: Partial<Record<NumberParameter['unit'], number>> = { minutes: 1 / 60, hours: 1, days: 24 };

/** About a hundred years: an instant further back is outside of what some engine's dates can hold. */
const mostHours = 876_600;

/** Parameters and cut-offs that nothing declares or nothing uses, and values that their own bounds refuse. */
export function parameterMistakes(policy: Policy): readonly string[] {
  const { parameters, cutOffs, steps } = policy;
  const used = namesUsedBy(policy, steps);
  const unused = [
    ...parameters.map(({ name }) => ['parameter', name] as const),
    ...cutOffs.map(({ name }) => ['cut-off', name] as const),
  ].filter(([, name]) => !used.has(name));
  const named = steps.flatMap((step) => [
    ...(step.enabledBy === undefined ? [] : [step.enabledBy]),
    ...rulesOf(step).flatMap(([rule]) => (rule.kind === 'enabled' ? [rule.parameter] : [])),
  ]);
  const lists = steps.flatMap((step) =>
    rulesOf(step).flatMap(([rule]) => (rule.kind === 'listed' ? [rule.parameter] : [])),
  );
  const compared = steps.flatMap((step) => rulesOf(step).flatMap(([rule]) => ('cutOff' in rule ? [rule.cutOff] : [])));
  return [
    ...parameters.flatMap(valueMistakes),
    ...cutOffs.flatMap((cutOff) => cutOffMistakes(cutOff, parameters)),
    ...compared.flatMap((name) =>
      cutOffs.some((cutOff) => cutOff.name === name)
        ? []
        : [`a rule compares with cut-off "${name}", which is not declared`],
    ),
    ...named.flatMap((name) => switchMistakes(name, parameters)),
    ...lists.flatMap((name) => listMistakes(name, parameters)),
    ...unused.map(([what, name]) => `no rule uses ${what} "${name}"`),
  ];
}

function valueMistakes(parameter: Parameter): readonly string[] {
  switch (parameter.kind) {
    case 'number':
      return numberMistakes(parameter);
    case 'word':
      return wordMistakes(parameter);
    case 'list':
      return isAllowedList(parameter.default)
        ? []
        : [`the default "${parameter.default}" of parameter "${parameter.name}" is no list of words`];
  }
}

function numberMistakes(parameter: NumberParameter): readonly string[] {
  const { name, unit, minimum, maximum, default: value } = parameter;
  const numbers = [minimum, value, maximum];
  const hours = hoursIn[unit];
  return [
    ...(numbers.every(Number.isSafeInteger)
      ? []
      : [`parameter "${name}" has a bound or a default that is no whole number`]),
    ...(minimum < 0 ? [`parameter "${name}" may be negative`] : []),
    ...(minimum <= value && value <= maximum
      ? []
      : [`the default ${value} of parameter "${name}" is outside of its bounds ${minimum} to ${maximum}`]),
    ...(name.endsWith(`_${unit}`) ? [] : [`the name of parameter "${name}" does not end with its unit, ${unit}`]),
    ...(hours !== undefined && maximum * hours > mostHours
      ? [`the maximum of parameter "${name}" is more than a hundred years`]
      : []),
  ];
}

function wordMistakes({ name, allowed, default: value }: WordParameter): readonly string[] {
  return [
    ...(allowed.includes(value) ? [] : [`the default "${value}" of parameter "${name}" is not one of its words`]),
    ...allowed.flatMap((word) =>
      /^[a-z0-9]+([_-][a-z0-9]+)*$/.test(word) ? [] : [`"${word}" cannot be a word of parameter "${name}"`],
    ),
  ];
}

function cutOffMistakes({ name, less, andLongest }: CutOff, parameters: readonly Parameter[]): readonly string[] {
  const lengths = [
    ...('parameter' in less ? [less.parameter] : []),
    ...(andLongest === undefined ? [] : [andLongest.atLeast.parameter]),
  ];
  const fixed = 'hours' in less ? less.hours : 0;
  return [
    ...(Number.isSafeInteger(fixed) && fixed >= 0 && fixed <= mostHours
      ? []
      : [`cut-off "${name}" is not a whole number of hours ago`]),
    ...lengths.flatMap((length) => {
      const found = parameters.find((parameter) => parameter.name === length);
      if (found === undefined) return [`cut-off "${name}" uses parameter "${length}", which is not declared`];
      const isLength = found.kind === 'number' && hoursIn[found.unit] !== undefined;
      return isLength
        ? []
        : [`cut-off "${name}" uses parameter "${length}", which is not a number of minutes, hours or days`];
    }),
    ...(andLongest === undefined ? [] : longestMistakes(name, andLongest, parameters)),
  ];
}

function longestMistakes(
  name: string,
  { columns, atLeast }: NonNullable<CutOff['andLongest']>,
  parameters: readonly Parameter[],
): readonly string[] {
  const least = parameters.find((parameter) => parameter.name === atLeast.parameter);
  return [
    ...(columns.length === 0 ? [`cut-off "${name}" names no column for its longest period`] : []),
    ...(least?.kind === 'number' && least.unit !== 'hours'
      ? [`cut-off "${name}" uses parameter "${least.name}", which is not a number of hours`]
      : []),
  ];
}

function switchMistakes(name: string, parameters: readonly Parameter[]): readonly string[] {
  const found = parameters.find((parameter) => parameter.name === name);
  if (found === undefined) return [`a rule or a step asks for parameter "${name}", which is not declared`];
  const isSwitch =
    found.kind === 'word' && found.allowed.length === 2 && ['yes', 'no'].every((word) => found.allowed.includes(word));
  return isSwitch ? [] : [`a rule or a step asks for parameter "${name}", which is not a choice of yes or no`];
}

function listMistakes(name: string, parameters: readonly Parameter[]): readonly string[] {
  const found = parameters.find((parameter) => parameter.name === name);
  if (found === undefined) return [`a rule asks for parameter "${name}", which is not declared`];
  return found.kind === 'list' ? [] : [`a rule asks for parameter "${name}", which is not a list of words`];
}
