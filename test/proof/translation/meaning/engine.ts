import type { Term } from '../../../../src/policy/prove/term.js';
import type { Scope } from './scope.js';
import type { TextValue, Value } from './value.js';
import type { World } from './world.js';

/** What a database means by the words that others do not have, or mean something else by. */
export interface Engine {
  /** A column of a table, by its type. */
  column(table: string, column: string, type: string, row: Term, world: World): Value;
  /** A value of such a column may be there and yet be none that can be read. */
  canBeUnreadable(type: string): boolean;
  /** How the engine compares the text of a column with that of others. */
  comparedAs(type: string): TextValue['compared'];
  /** How each of two columns is compared with the other, if not both as the one that is not compared exactly. */
  paired?(
    one: TextValue['compared'],
    other: TextValue['compared'],
  ): readonly [TextValue['compared'], TextValue['compared']];
  /** A column that every row has without a name of the product's, such as its place. */
  hiddenColumn(name: string): string | undefined;
  /** How two texts are compared. */
  howTexts(compared: readonly TextValue['compared'][], texts: readonly TextValue[]): TextValue['compared'];
  /** A function or operator. */
  call(name: string, values: readonly Value[], scope: Scope): Value;
  cast(value: Value, type: string, scope: Scope): Value;
  /** A value as a variable of a type keeps it. */
  assigned(value: Value, type: string, world: World): Value;
}
