import type { init, Z3_ast, Z3_context, Z3_func_decl, Z3_solver } from 'z3-solver';

type Z3 = Awaited<ReturnType<typeof init>>['Z3'];

/** A row of a table, as the solver made it up. */
export type Row = Z3_ast;

/** Rows and settings that the solver found; to be read before the context of its claim is deleted. */
export interface Model {
  /** The names of all that stands for one value. */
  constants(): readonly string[];
  /** The rows of a sort; none if the claim does not speak of it. */
  rowsOf(sort: string): readonly Row[];
  /** The value of a constant, or of a function for a row, in SMT-LIB's notation; undefined if the model does not have it. */
  valueOf(name: string, row?: Row): string | undefined;
}

/** The model of a claim that the solver has just found satisfiable. */
export function modelOf(Z3: Z3, context: Z3_context, solver: Z3_solver): Model {
  const model = Z3.solver_get_model(context, solver);
  Z3.model_inc_ref(context, model);
  const named = (decl: Z3_func_decl) => [Z3.get_symbol_string(context, Z3.get_decl_name(context, decl)), decl] as const;
  const constants = times(Z3.model_get_num_consts(context, model), (at) =>
    named(Z3.model_get_const_decl(context, model, at)),
  );
  const functions = times(Z3.model_get_num_funcs(context, model), (at) =>
    named(Z3.model_get_func_decl(context, model, at)),
  );
  const declared = new Map([...constants, ...functions]);
  const sorts = times(Z3.model_get_num_sorts(context, model), (at) => Z3.model_get_sort(context, model, at));
  return {
    constants: () => constants.map(([name]) => name),
    rowsOf(wanted) {
      const sort = sorts.find((one) => Z3.get_symbol_string(context, Z3.get_sort_name(context, one)) === wanted);
      if (sort === undefined) return [];
      const rows = Z3.model_get_sort_universe(context, model, sort);
      Z3.ast_vector_inc_ref(context, rows);
      return times(Z3.ast_vector_size(context, rows), (at) => Z3.ast_vector_get(context, rows, at));
    },
    valueOf(name, row) {
      const decl = declared.get(name);
      if (decl === undefined) return undefined;
      const value = Z3.model_eval(context, model, Z3.mk_app(context, decl, row === undefined ? [] : [row]), true);
      return value === null ? undefined : Z3.ast_to_string(context, value);
    },
  };
}

const times = <T>(count: number, make: (at: number) => T): T[] => Array.from({ length: count }, (_, at) => make(at));
