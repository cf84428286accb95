import { z } from 'zod';
import type { ListParameter, NumberParameter, Parameter, WordParameter } from '../policy/types.js';
import { allowedList, isAllowedList, listOrNone, longestList } from '../policy/word-list.js';

export type ParameterSchema<Value = string | number> = z.ZodDefault<z.ZodType<Value>>;

/** A time of day, as an expression without anchors. */
export const timeOfDay = '([01][0-9]|2[0-3]):[0-5][0-9]';

/** The schema of one declared parameter: its bounds or words, its default, and its description with the unit. */
export function parameterSchema(parameter: Parameter): ParameterSchema {
  switch (parameter.kind) {
    case 'number':
      return numberSchema(parameter);
    case 'word':
      return wordSchema(parameter);
    case 'list':
      return listSchema(parameter);
  }
}

/** The schemas of many parameters, by name. */
export function parameterShape(parameters: readonly Parameter[]): Record<string, ParameterSchema> {
  return Object.fromEntries(parameters.map((parameter) => [parameter.name, parameterSchema(parameter)]));
}

function numberSchema(parameter: NumberParameter): ParameterSchema {
  const { unit, minimum, maximum } = parameter;
  const allowed = `a whole number of ${unit} from ${minimum} to ${maximum}`;
  return z
    .int(allowed)
    .min(minimum, allowed)
    .max(maximum, allowed)
    .default(parameter.default)
    .describe(`${parameter.description} (${unit}, ${minimum} to ${maximum})`);
}

function wordSchema(parameter: WordParameter): ParameterSchema {
  const allowed = parameter.allowed.join(' or ');
  const timed = parameter.allowed.some((word) => word.includes('HH:MM'));
  // Only a pattern can hold a time; otherwise an editor offers the words of an enum.
  const schema = timed
    ? z.string(allowed).regex(wordPattern(parameter.allowed), allowed)
    : z.enum(parameter.allowed, allowed);
  return schema.default(parameter.default).describe(`${parameter.description} (${allowed})`);
}

const listSchema = (parameter: ListParameter): ParameterSchema =>
  z
    .string(allowedList)
    .max(longestList, allowedList)
    .regex(listOrNone, allowedList)
    .refine(isAllowedList, allowedList)
    .default(parameter.default)
    .describe(`${parameter.description} (${allowedList})`);

const wordPattern = (words: readonly string[]): RegExp =>
  new RegExp(`^(${words.map((word) => word.replaceAll('HH:MM', timeOfDay)).join('|')})$`);
