import type { PlannedStep } from '../../plan/types.js';
import type { Context } from './context.js';

/** The key of a walk as text, and out of text: a run remembers by it how far it came. Empty text if there is no key. */
export interface PlaceView {
  /** The type of a variable that holds the key. */
  readonly keyType: string;
  readonly uptoAsText: string;
  readonly afterOutOfText: string;
  readonly untilOutOfText: string;
}

export function viewPlace({ walk }: PlannedStep, upto: string, { dialect }: Context): PlaceView {
  const { variable, columnType, variableType = columnType, keys } = dialect.expressions;
  const column = 'column' in walk ? walk.column : undefined;
  if (column === undefined) return { keyType: '', uptoAsText: '', afterOutOfText: '', untilOutOfText: '' };
  const ofText = (text: string) => keys?.ofText(text, column) ?? text;
  return {
    keyType: variableType(column),
    uptoAsText: keys?.asText(upto, column) ?? upto,
    afterOutOfText: ofText(variable('after')),
    untilOutOfText: ofText(variable('until')),
  };
}
