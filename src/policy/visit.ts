import type { Predicate, Step } from './types.js';

/** Every kind of rule that there is. */
export const predicateKinds: Readonly<Record<Predicate['kind'], true>> = {
  all: true,
  any: true,
  oneOf: true,
  beneath: true,
  contains: true,
  listed: true,
  equals: true,
  isNull: true,
  isNotNull: true,
  moreThan: true,
  atMost: true,
  finite: true,
  periodOver: true,
  outlives: true,
  before: true,
  epochBefore: true,
  noRow: true,
  someRow: true,
  superseded: true,
  alone: true,
  sighted: true,
  hasColumn: true,
  unless: true,
  enabled: true,
};

/** The parts of a rule that are rules themselves, each with the table that it is about. */
export function partsOf(predicate: Predicate, table: string): readonly (readonly [Predicate, string])[] {
  switch (predicate.kind) {
    case 'all':
    case 'any':
      return predicate.of.map((part) => [part, table] as const);
    case 'hasColumn':
      return [
        [predicate.then, table],
        [predicate.otherwise, table],
      ];
    case 'unless':
      return [[predicate.rule, table]];
    case 'noRow':
    case 'someRow':
      return predicate.where === undefined ? [] : [[predicate.where, predicate.table]];
    case 'outlives':
      return [[predicate.periods.where, predicate.periods.table]];
    default:
      return [];
  }
}

/** A rule and all rules inside it, each with the table that it is about. */
export function everyPart(predicate: Predicate, table: string): readonly (readonly [Predicate, string])[] {
  return [[predicate, table], ...partsOf(predicate, table).flatMap(([part, of]) => everyPart(part, of))];
}

/** Every rule of a step, each with the table that it is about. */
export function rulesOf(step: Pick<Step, 'table' | 'guard' | 'reasons' | 'followers'>) {
  return [
    ...(step.guard ? everyPart(step.guard, step.table) : []),
    ...step.reasons.flatMap(({ when }) => everyPart(when, step.table)),
    ...(step.followers ?? []).flatMap(({ guard, table }) => everyPart(guard, table)),
  ];
}
