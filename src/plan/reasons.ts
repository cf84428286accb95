import { clockUncertainty, uncertaintyName } from '../policy/clock.js';
import { namesUsedBy, tablesLookedAtBy } from '../policy/columns.js';
import { cutOffInWords, describeRule, type Spelling } from '../policy/describe.js';
import type { History, Parameter, Policy, Step } from '../policy/types.js';
import { supersededReason } from '../policy/types.js';
import { findColumn, findTable } from '../schema/find.js';
import type { Schema } from '../schema/types.js';

/** A reason why rows of a table are dead, in words, with the settings that decide it. */
export interface ReasonInWords {
  readonly cleanup: string;
  readonly table: string;
  readonly reason: string;
  readonly meaning: string;
  /** What must hold, by the rule itself. */
  readonly rule: string;
  /** What must hold beside it, whatever the reason. */
  readonly guard?: string;
  /** Other tables that are looked at. */
  readonly looksAt: readonly string[];
  readonly cutOffs: readonly { readonly name: string; readonly meaning: string }[];
  readonly settings: readonly {
    readonly name: string;
    readonly value: string;
    readonly unit?: string;
    readonly description: string;
  }[];
}

/** Names as a schema spells them. */
export const spellingOf = (schema: Schema): Spelling => ({
  table: (name) => findTable(schema, name)?.name ?? name,
  column: (table, name) => {
    const live = findTable(schema, table);
    return (live && findColumn(live, name)?.name) ?? name;
  },
});

/** Every reason of a policy: as it stands for a schema, by the steps of its plan, or as it was written. */
export function reasonsInWords(
  policy: Policy,
  values: Readonly<Record<string, string | number>>,
  plan?: {
    readonly steps: readonly { readonly rule: Step }[];
    readonly parameters: readonly Parameter[];
    readonly schema: Schema;
  },
): readonly ReasonInWords[] {
  const steps = plan?.steps.map(({ rule }) => rule) ?? policy.steps;
  const parameters = plan?.parameters ?? [...policy.parameters, clockUncertainty(false)];
  const spelling = plan && spellingOf(plan.schema);
  const words = (rule: Step['guard'], table: string): string | undefined =>
    rule && describeRule(rule, table, ...(spelling ? [spelling] : []));
  const nameOf = (table: string): string => spelling?.table(table) ?? table;

  const about = (
    step: Step,
    one: Pick<ReasonInWords, 'reason' | 'meaning' | 'rule'>,
    table = step.table,
  ): ReasonInWords => {
    const used = namesUsedBy(policy, [step]);
    const guard = table === step.table ? words(step.guard, table) : undefined;
    return {
      cleanup: policy.name,
      table: nameOf(table),
      ...one,
      ...(guard !== undefined && { guard }),
      looksAt: tablesLookedAtBy(step).map(nameOf),
      cutOffs: policy.cutOffs
        .filter(({ name }) => used.has(name))
        .map(({ name, meaning }) => ({ name: cutOffInWords(name), meaning })),
      settings: parameters
        .filter(({ name }) => used.has(name))
        .map((parameter) => ({
          name: parameter.name,
          value: String(values[parameter.name] ?? defaultOf(parameter)),
          ...(parameter.kind === 'number' && { unit: parameter.unit }),
          description: parameter.description,
        })),
    };
  };
  const historyInWords = (table: string, { of, order }: History): string => {
    const column = (name: string): string => spelling?.column(table, name) ?? name;
    return `a row with the same ${of.map(column).join(' and ')}, and a ${column(order)} that is not smaller, is dead by another reason`;
  };
  /** Without a schema nobody knows whether a server converts timestamps. */
  const defaultOf = ({ name, default: value }: Parameter): string =>
    plan === undefined && name === uncertaintyName ? `${value}, or ${clockUncertainty(true).default}` : String(value);

  return steps.flatMap((step) => [
    ...step.reasons.map((reason) =>
      about(
        { ...step, reasons: [reason], followers: [] },
        { reason: reason.name, meaning: reason.meaning, rule: words(reason.when, step.table) ?? '' },
      ),
    ),
    ...(step.history === undefined
      ? []
      : [
          about(
            { ...step, followers: [] },
            {
              reason: supersededReason.name,
              meaning: supersededReason.meaning,
              rule: historyInWords(step.table, step.history),
            },
          ),
        ]),
    ...(step.followers ?? []).map(({ table, name, meaning, guard }) =>
      about(
        { ...step, reasons: [], followers: [{ table, name, meaning, guard, on: [] }] },
        { reason: name, meaning, rule: words(guard, table) ?? '' },
        table,
      ),
    ),
  ]);
}
