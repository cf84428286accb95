import { forEach, yes } from '../../../../src/policy/prove/term.js';
import { within } from '../../engines/age.js';
import { timestamps } from '../../engines/oracle.js';
import type { Engine } from '../meaning/engine.js';
import { sayOnce } from '../meaning/said.js';
import { either, whole } from '../meaning/value.js';
import { NotUnderstood } from '../only.js';
import { ofNumbers } from './numbers.js';
import { ofTexts } from './texts.js';
import { ofTimes } from './times.js';
import { anyOf, isPadded, isText } from './types.js';

/** Oracle, with NLS_COMP and NLS_SORT as the kit sets them: texts are compared by their bytes. */
export const oracle: Engine = {
  hiddenColumn: (name) => (/^(rowid|rownum)$/i.test(name) ? name.toLowerCase() : undefined),
  column: (table, column, type, row, { vocabulary, facts }) => {
    const isNull = vocabulary.isNull(table, column, row);
    const of = vocabulary.value(table, column, row);
    const value = anyOf(type, of, isNull);
    if (value.kind === 'instant') {
      sayOnce(facts, `${table}.${column} is a date`, () => {
        const any = vocabulary.anyRow(table);
        return forEach(any, within(timestamps, vocabulary.value(table, column, any.name)));
      });
    }
    if (value.kind !== 'text') return value;
    return { ...value, digits: { areDigits: vocabulary.isKnown(table, column, row), number: of } };
  },
  canBeUnreadable: isText,
  // Blanks that fill up a CHAR do not count; those at the end of a VARCHAR2 beside it do.
  paired: (one, other) => [one, other],
  comparedAs: (type) => (isPadded(type) ? 'padded' : 'exactly'),
  // Blanks at the end count, unless each side is filled up with them or stands there as a word.
  howTexts: (compared, texts) =>
    texts.every((text, at) => text.literal !== undefined || compared[at] === 'padded') && compared.includes('padded')
      ? 'padded'
      : 'exactly',
  call: (name, values, { world }) => {
    const result = ofTexts(name, values, world) ?? ofTimes(name, values, world) ?? ofNumbers(name, values);
    if (result === undefined) throw new NotUnderstood(name, values);
    return result;
  },
  cast: (value, type, { digits, world }) => {
    if (type === 'NUMBER' && value.kind === 'text' && value.digits) {
      const { areDigits, number } = value.digits;
      // What it makes of a text that only looks like digits is not known.
      const other = world.vocabulary.image('read as a number', value.of);
      if (areDigits === yes) return whole(number, value.isNull);
      if (digits.includes('these')) return whole(either(areDigits, number, other), value.isNull);
    }
    if (type === 'TIMESTAMP' && value.kind === 'instant') return value;
    if (type === 'TIMESTAMP' && value.kind === 'null') return { kind: 'instant', isNull: 'true', of: '0' };
    throw new NotUnderstood(`a cast to ${type}`, value);
  },
  assigned: (value, type) => {
    if (type === 'TIMESTAMP(6)' && value.kind === 'instant') return value;
    if (type === 'NUMBER' && value.kind === 'number' && !value.rounded) return value;
    if (type === 'VARCHAR2(255)' && value.kind === 'text') return value;
    throw new NotUnderstood(`a value of a variable of type ${type}`, value);
  },
};
