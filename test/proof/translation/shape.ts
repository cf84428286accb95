import type { PlannedStep } from '../../../src/plan/types.js';
import type { Term } from '../../../src/policy/prove/term.js';
import type { Judged, Named } from './judged.js';
import type { OpenRow } from './meaning/scope.js';
import type { World } from './meaning/world.js';
import type { ProcedureStep } from './procedure.js';
import type { Delete, Query } from './sql.js';
import type { Subject } from './subject.js';

/** Where in a step the templates of a database put what. */
export interface Shape {
  /** The query that judges rows, and the name of its column with the reason. */
  judgement(step: ProcedureStep, planned: PlannedStep): Query;
  readonly reason: string;
  /** The queries of a step that others name. */
  named(step: ProcedureStep): ReadonlyMap<string, Query>;
  /** What a batch deletes rows of a table by, in the order of the batch. */
  deletes(step: ProcedureStep): readonly Delete[];
  /** That the step deletes rows of its own table that it judged dead, and no others. */
  own(judged: Judged): readonly Named[];
  /** The table whose rows name those that the batch deleted, where others follow them. */
  followed(judged: Judged): string;
  /** A row of it is one that this batch goes by, and a row of the step's table that it names was deleted. */
  isOfBatch(line: Term, table: string, subject: Subject, judged: Judged): Term;
  /** What is known of the places that rows are found by: no two are in the same. */
  places(rows: readonly OpenRow[], subject: Subject): readonly Term[];
  /** What is so while a batch deletes. */
  goesOn(world: World): readonly Term[];
}
