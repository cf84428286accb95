import { NotUnderstood } from '../only.js';
import { antlr, type Context, plsql } from './antlr.js';
import { narrowedTo } from './narrow.js';

/** What the grammar found: a rule and its parts; a word or sign of the text is no rule. */
export interface Node {
  readonly rule: string;
  readonly parts: readonly Part[];
}

export type Part = Node | string;

export const isNode = (part: Part | undefined): part is Node => typeof part === 'object';

/** The words of a part as they stand in the text, for messages and for what is compared word by word. */
export const wordsOf = (part: Part): string => (isNode(part) ? part.parts.map(wordsOf).join(' ') : part);

/** What a text is read as, by the grammar's own names. */
export type Whole = 'create_procedure_body' | 'column_definition';

const narrow = {
  create_procedure_body: narrowedTo(plsql.Parser.RULE_create_procedure_body),
  column_definition: narrowedTo(plsql.Parser.RULE_column_definition),
} as const;

/**
 * A text by the public grammar of PL/SQL: it is one such statement from its first word to its last, or an error. Without BULK
 * COLLECT, which the quick way of reading takes for an alias: whether a variable takes many rows is in its type.
 */
export function parse(whole: Whole, text: string): Node {
  const complaints = new Complaints();
  const lexer = new plsql.Lexer(new antlr.CharStream(text.replaceAll(/\bBULK COLLECT(?=\s+INTO\b)/g, '')));
  const parser = new plsql.Parser(new antlr.CommonTokenStream(lexer));
  narrow[whole](parser);
  for (const reader of [lexer, parser]) {
    reader.removeErrorListeners();
    reader.addErrorListener(complaints);
  }
  // The thorough one takes minutes for a text; where they differ, this one complains.
  parser._interp.predictionMode = antlr.PredictionMode.SLL;
  const node = nodeOf(parser[whole](), parser.ruleNames);
  if (parser.getCurrentToken().type !== antlr.Token.EOF) complaints.found.push(`more than one ${whole}`);
  if (complaints.found.length > 0) throw new NotUnderstood('the text', complaints.found);
  return node;
}

/** All of a listener's methods, of which one matters. */
class Complaints {
  readonly found: string[] = [];
  syntaxError(_: unknown, __: unknown, line: number, column: number, message: string): void {
    this.found.push(`line ${line}, column ${column}: ${message}`);
  }
  reportAmbiguity(): void {}
  reportAttemptingFullContext(): void {}
  reportContextSensitivity(): void {}
}

function nodeOf({ children, ruleIndex = -1 }: Context, ruleNames: readonly string[]): Node {
  const parts = (children ?? []).map((child): Part => {
    return child.ruleIndex === undefined ? child.getText() : nodeOf(child, ruleNames);
  });
  return { rule: ruleNames[ruleIndex] ?? '', parts };
}
