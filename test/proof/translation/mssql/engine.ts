import { not, or, type Term } from '../../../../src/policy/prove/term.js';
import type { Engine } from '../meaning/engine.js';
import { either, type TextValue, type Value, whole } from '../meaning/value.js';
import type { World } from '../meaning/world.js';
import { NotUnderstood } from '../only.js';
import { ofNumbers } from './numbers.js';
import { ofTexts } from './texts.js';
import { ofTimes } from './times.js';
import { isText, longestOf, ofType } from './types.js';

export const mssql: Engine = {
  hiddenColumn: () => undefined,
  column,
  canBeUnreadable: (type) => isText(type),
  comparedAs: () => 'by collation',
  howTexts,
  call: (name, values, { world }) => {
    const [one] = values;
    if (name === 'setting' && one?.kind === 'text' && one.literal !== undefined) return world.setting(one.literal);
    const result = ofTexts(name, values, world) ?? ofTimes(name, values, world) ?? ofNumbers(name, values, world);
    if (result === undefined) throw new NotUnderstood(name, values);
    return result;
  },
  cast: (value, type, { world }) => {
    if (type !== 'bigint, or NULL' || value.kind !== 'text' || !value.digits)
      throw new NotUnderstood(`a cast to ${type}`, value);
    // Of other text it may be a number as well, such as one with a sign or with blanks around it.
    const { areDigits, number } = value.digits;
    const other = world.vocabulary.image('number that it is read as', value.of);
    const isNone = world.vocabulary.property('is read as no number', value.of);
    return whole(either(areDigits, number, other), or(value.isNull, not(or(areDigits, not(isNone)))));
  },
  assigned: (value, type, world) => {
    if (type === 'datetime2(6)' && value.kind === 'instant') return value;
    if (type === 'bigint' && value.kind === 'number' && value.per === 1n && !value.rounded) return value;
    if (type === 'bigint' && value.kind === 'text' && value.setting) {
      return world.numberOf(value.setting.name, BigInt(value.setting.preset));
    }
    if (type === 'varchar(255)' && value.kind === 'text' && (value.setting || value.longest === 255)) {
      const { isNull, of } = value;
      return { kind: 'text', isNull, of, compared: 'by collation', longest: 255 };
    }
    throw new NotUnderstood(`a value of a variable of type ${type}`, value);
  },
};

function column(table: string, name: string, type: string, row: Term, { vocabulary }: World): Value {
  const value = ofType(type, vocabulary.value(table, name, row), vocabulary.isNull(table, name, row));
  if (value.kind !== 'text' || longestOf(type) === undefined) return value;
  return { ...value, digits: { areDigits: vocabulary.isKnown(table, name, row), number: value.of } };
}

/**
 * A collation that is named decides. A comparison overlooks blanks at the end, unless something else stands there; and a
 * VARCHAR that is compared by a collation of another code page loses what that lacks, unless the other one makes Unicode of it.
 */
function howTexts(_: readonly TextValue['compared'][], texts: readonly TextValue[]): TextValue['compared'] {
  const isNamed = (text: TextValue): boolean =>
    text.compared === 'padded' || (text.compared === 'exactly' && text.literal === undefined);
  // A setting is compared by the kit, and has none but the words that a CHECK allows.
  if (!texts.some(isNamed)) return 'by collation';
  const areUnicode = texts.some((text) => text.isUnicode);
  if (!areUnicode && texts.some((text) => text.literal === undefined && !isNamed(text)))
    throw new NotUnderstood('VARCHAR by the collation of another code page', texts);
  return texts.some(({ compared, literal }) => compared === 'exactly' && literal === undefined) ? 'exactly' : 'padded';
}
