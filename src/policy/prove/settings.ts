import { clockUncertainty, uncertaintyName } from '../clock.js';
import type { NumberParameter, Policy, UnitOfTime } from '../types.js';
import { between, number, type Term, times } from './term.js';
import type { Vocabulary } from './vocabulary.js';

export const microsecondsPer = {
  milliseconds: 1_000n,
  seconds: 1_000_000n,
  minutes: 60_000_000n,
  hours: 3_600_000_000n,
  days: 86_400_000_000n,
} as const;

/** A policy's settings, each of which may be anything within its bounds. */
export interface Settings {
  /** A number, in its own unit. */
  number(parameter: string): Term;
  /** A length of time in microseconds. */
  length(parameter: string): Term;
  isOn(parameter: string): Term;
  isListed(parameter: string, text: Term): Term;
  /** By how much a timestamp may lie behind the instant that it stands for, in microseconds. */
  readonly uncertainty: Term;
  /** That each number is within its bounds. */
  bounds(): readonly Term[];
}

/** `world` tells apart the settings of two runs. */
export function settingsOf(parameters: Policy['parameters'], vocabulary: Vocabulary, world = ''): Settings {
  const value = (name: string): Term => vocabulary.quantity(`${name}${world}`);
  const numbers = [...parameters, clockUncertainty(true)].filter(
    (parameter): parameter is NumberParameter => parameter.kind === 'number',
  );
  return {
    number: value,
    length: (name) => times(microsecondsPer[unitOf(parameters, name)], value(name)),
    isOn: (name) => vocabulary.fact(`${name} is yes${world}`),
    // A list has no order, so two runs have the same.
    isListed: (name, text) => vocabulary.property(`is in ${name}`, text),
    uncertainty: times(microsecondsPer.hours, value(uncertaintyName)),
    bounds: () => numbers.map(({ name, minimum, maximum }) => between(number(minimum), value(name), number(maximum))),
  };
}

function unitOf(parameters: Policy['parameters'], name: string): UnitOfTime {
  const declared = parameters.find((parameter) => parameter.name === name);
  const unit = declared?.kind === 'number' ? declared.unit : undefined;
  if (unit === undefined || !(unit in microsecondsPer)) throw new Error(`${name} is no length of time`);
  return unit as UnitOfTime;
}
