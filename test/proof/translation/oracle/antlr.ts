import { PlSqlLexer, PlSqlParser } from '@griffithswaite/ts-plsql-parser';
import * as runtime from 'antlr4';

// What is used of ANTLR's runtime and of a parser that it made: their own types are not written for this kind of modules.

/** A place in the network that a grammar is. */
export interface State {
  readonly stateNumber: number;
  readonly ruleIndex: number;
  transitions: readonly Transition[];
  epsilonOnlyTransitions: boolean;
}

export interface Transition {
  readonly serializationType: number;
  readonly isEpsilon: boolean;
  readonly target: State;
  /** Of a call of another rule: where it goes on. */
  readonly followState: State;
}

export interface Network {
  readonly states: readonly (State | null)[];
  readonly decisionToState: readonly State[];
  readonly ruleToStartState: readonly State[];
  readonly ruleToStopState: readonly State[];
  nextTokens(state: State): object;
}

export interface Context {
  readonly ruleIndex?: number;
  readonly children?: readonly Context[] | null;
  getText(): string;
}

interface Reader {
  removeErrorListeners(): void;
  addErrorListener(listener: object): void;
}

export interface Parser extends Reader {
  readonly ruleNames: readonly string[];
  _interp: { predictionMode: number };
  getCurrentToken(): { readonly type: number };
  create_procedure_body(): Context;
  column_definition(): Context;
}

interface Runtime {
  readonly ATNDeserializer: new () => { deserialize(serialized: readonly number[]): Network };
  readonly CharStream: new (text: string) => object;
  readonly CommonTokenStream: new (lexer: Reader) => object;
  readonly DFA: new (state: State, at: number) => object;
  readonly ParserATNSimulator: new (
    parser: Parser,
    network: Network,
    decisions: readonly object[],
    cache: object,
  ) => Parser['_interp'];
  readonly PredictionContextCache: new () => object;
  readonly PredictionMode: { readonly SLL: number };
  readonly Token: { readonly EOF: number };
}

interface Grammar {
  readonly Lexer: new (text: object) => Reader;
  readonly Parser: (new (
    tokens: object,
  ) => Parser) & {
    readonly _serializedATN: readonly number[];
    readonly RULE_create_procedure_body: number;
    readonly RULE_column_definition: number;
  };
}

export const antlr = runtime as unknown as Runtime;
export const plsql = { Lexer: PlSqlLexer, Parser: PlSqlParser } as unknown as Grammar;
