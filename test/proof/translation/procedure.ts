import type { Scope } from './meaning/scope.js';
import type { Value } from './meaning/value.js';
import type { Expression, Statement } from './sql.js';

/** What a generated file says of a cleanup, as its database's parser read it. */
export interface Procedure {
  /** Each variable of the procedure, with its type and the only value that it is given, if it is given one. */
  readonly variables: ReadonlyMap<string, Variable>;
  /** In the order in which they run. */
  readonly steps: readonly ProcedureStep[];
}

export interface Variable {
  readonly type: string;
  value?(scope: Scope): Value;
}

export interface ProcedureStep {
  readonly table: string;
  /** The step ends when one of these holds; they are asked before each batch. */
  readonly exits: readonly Expression[];
  /** What fills the step's list. */
  readonly listing: readonly Statement[];
  readonly batch: readonly Statement[];
}

/** Tables of deepclean's own, as a generated file creates them. */
export type OwnTables = ReadonlyMap<string, ReadonlyMap<string, OwnColumn>>;

export interface OwnColumn {
  readonly type: string;
  readonly nullable: boolean;
}
