import type { TableSize } from '../dialects/dialect.js';
import { policies } from '../policies/index.js';
import { otherCleaning, tableVerdicts } from '../schema/known-tables.js';
import type { Explanation } from './explain.js';

/** How large a table is, and what becomes of its rows. */
export interface TableGrowth {
  readonly table: string;
  /** As the server last counted them. */
  readonly rows?: number;
  readonly bytes?: number;
  /** Of all bytes that are known, in percent. */
  readonly share?: number;
  /** Who cleans it, or why nobody does, in a few words. */
  readonly cleaning: string;
  /** The procedure that does, or would. */
  readonly procedure?: string;
  /** A yes/no setting without which the procedure passes the table over. */
  readonly enabledBy?: string;
  /** Tables with whose rows its own go. */
  readonly goesWith?: readonly string[];
  /** A sentence, where no cleanup says it. */
  readonly verdict?: string;
  /** How the product cleans it. */
  readonly product?: string;
}

/** Every table by its size, the largest first, and those of unknown size by name. */
export function growthOf(sizes: readonly TableSize[], explanations: readonly Explanation[]): readonly TableGrowth[] {
  const all = sizes.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
  return sizes
    .map(({ table, rows, bytes }) => {
      const product = otherCleaning.find(({ tables }) => tables.includes(table.toUpperCase()))?.product;
      return {
        table,
        ...(rows !== undefined && { rows }),
        ...(bytes !== undefined && { bytes, ...(all > 0 && { share: Number(((100 * bytes) / all).toFixed(1)) }) }),
        ...cleaningOf(table, explanations),
        ...(product !== undefined && { product }),
      };
    })
    .sort((one, other) => (other.bytes ?? -1) - (one.bytes ?? -1) || (one.table < other.table ? -1 : 1));
}

type Cleaning = Pick<TableGrowth, 'cleaning' | 'procedure' | 'enabledBy' | 'goesWith' | 'verdict'>;

function cleaningOf(table: string, explanations: readonly Explanation[]): Cleaning {
  const isIt = (name: string): boolean => name.toUpperCase() === table.toUpperCase();
  const takenBy = explanations.find(({ cleans }) => cleans.some(({ withRowsOf }) => withRowsOf.some(isIt)));
  for (const { procedure, cleans } of explanations) {
    const steps = cleans.filter((step) => isIt(step.table));
    const [first] = steps;
    if (first === undefined) continue;
    const isAlways = steps.some(({ enabledBy }) => enabledBy === undefined);
    if (isAlways) return { cleaning: procedure, procedure };
    // Mappings go with their session, and are looked through for orphans only on request.
    if (takenBy !== undefined) break;
    const enabledBy = first.enabledBy ?? '';
    return { cleaning: `${procedure}, if ${enabledBy} is yes`, procedure, enabledBy };
  }
  if (takenBy !== undefined) {
    const { procedure, cleans } = takenBy;
    const parents = cleans.filter(({ withRowsOf }) => withRowsOf.some(isIt)).map((step) => step.table);
    return { cleaning: `${procedure}, with ${parents.join(', ')}`, procedure, goesWith: parents };
  }
  for (const { procedure, leftOut } of explanations) {
    const why = leftOut.find((one) => isIt(one.table))?.why;
    if (why !== undefined) return { cleaning: 'left out', procedure, verdict: `${procedure} leaves it out: ${why}.` };
  }
  const meant = policies.find(({ steps }) => steps.some((step) => isIt(step.table)));
  const refused = explanations.find(({ policy, state }) => policy === meant?.name && state === 'refused');
  if (refused !== undefined) {
    const { procedure, why } = refused;
    return { cleaning: 'refused', procedure, verdict: `${procedure} is refused here: ${why.join(' ')}` };
  }
  const known = tableVerdicts.find(({ tables }) => tables.some(isIt));
  return known === undefined
    ? { cleaning: 'not known', verdict: 'Nobody has looked who cleans it; deepclean does not touch it.' }
    : { cleaning: known.growth, verdict: known.verdict };
}
