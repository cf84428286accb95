import { areSame, sightingOf } from '../../../src/policy/prove/other-rows.js';
import { and, atMost, forEach, implies, not, plus, same, type Term } from '../../../src/policy/prove/term.js';
import type { Policy, Step } from '../../../src/policy/types.js';
import { rulesOf } from '../../../src/policy/visit.js';
import { bornAt } from './born-at.js';
import type { Product } from './product.js';
import { keysOf, stores } from './sessions.js';
import { handsOutNoRefreshToken } from './tokens.js';

/** Settings that have to be longer than two clocks differ, as nothing else of their rules covers that. */
const coversSkew = ['safe_period_minutes', 'expiry_grace_minutes'];

/** What a policy's claims rest on, beside what is true of every one. */
export function assumptionsOf(policy: Policy, product: Product): readonly Term[] {
  const grace = policy.parameters
    .filter(({ name }) => coversSkew.includes(name))
    .map(({ name }) => atMost(plus(product.skew, product.tolerance), product.settings.length(name)));
  const tables = policy.steps.map(({ table }) => table);
  return [...grace, ...stores.filter((store) => tables.includes(store)).map((store) => keysOf(store, product))];
}

/** What the owner lists: a grant in `access_period_grants` is one for which the product hands out no refresh token. */
export function assumptionsOfLists(step: Step, row: Term, product: Product): readonly Term[] {
  return rulesOf(step).flatMap(([rule, table]) => {
    if (rule.kind !== 'listed') return [];
    if (rule.parameter !== 'access_period_grants') throw new Error(`nothing says what ${rule.parameter} lists`);
    const isListed = product.settings.isListed(rule.parameter, product.value(table, rule.column, row));
    return [
      implies(
        and(
          product.vocabulary.hasColumn(table, rule.column),
          isListed,
          not(product.vocabulary.isNull(table, rule.column, row)),
        ),
        handsOutNoRefreshToken(row, product),
      ),
    ];
  });
}

/** Groups are tenants, whose numbers no collation mixes up. */
export function assumptionsOfGroups(step: Step, row: Term, product: Product): readonly Term[] {
  return rulesOf(step).flatMap(([rule, table]) => {
    if (rule.kind !== 'outlives' || rule.periods.group === undefined) return [];
    const [theirs, ours] = rule.periods.group;
    const other = product.vocabulary.anyRow(rule.periods.table);
    const [one, two] = [product.value(rule.periods.table, theirs, other.name), product.value(table, ours, row)];
    return [forEach(other, implies(areSame(one, two, 'by collation', product), same(one, two)))];
  });
}

/** What an earlier run saw had been made before. */
export function assumptionsOfSightings(step: Step, row: Term, product: Product): readonly Term[] {
  return rulesOf(step).flatMap(([rule, table]) => {
    if (rule.kind !== 'sighted') return [];
    const values = rule.columns.map((column) => product.value(table, column, row));
    const { wasSeen, firstSeen } = sightingOf(table, rule.columns, values, product);
    return [implies(wasSeen, atMost(bornAt(table, values, product), firstSeen))];
  });
}
