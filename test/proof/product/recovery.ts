import {
  and,
  atMost,
  less,
  not,
  number,
  or,
  plus,
  same,
  type Term,
  thereIs,
  times,
  yes,
} from '../../../src/policy/prove/term.js';
import { isRetained } from './codes.js';
import type { Product } from './product.js';

const codes = 'IDN_RECOVERY_DATA';
const flows = 'IDN_RECOVERY_FLOW_DATA';
const properties = 'IDP_METADATA';
const providers = 'IDP';

/** A property of a resident identity provider that says how long some codes are valid. */
function governs(property: Term, { vocabulary, isThere, value, is }: Product): Term {
  const provider = vocabulary.anyRow(providers);
  const isResident = thereIs(
    provider,
    and(
      isThere(providers, provider.name),
      not(vocabulary.isNull(providers, 'ID', provider.name)),
      not(vocabulary.isNull(properties, 'IDP_ID', property)),
      same(value(providers, 'ID', provider.name), value(properties, 'IDP_ID', property)),
      is(providers, 'NAME', provider.name, 'LOCAL'),
    ),
  );
  return and(
    isThere(properties, property),
    not(vocabulary.isNull(properties, 'NAME', property)),
    vocabulary.property("contains 'ExpiryTime'", value(properties, 'NAME', property)),
    isResident,
  );
}

/** The tenant of a code set the property, or it set none of that name and may have inherited it. */
function appliesTo(code: Term, property: Term, product: Product): Term {
  const { vocabulary, value } = product;
  const isOf = (one: Term): Term =>
    and(
      not(vocabulary.isNull(properties, 'TENANT_ID', one)),
      not(vocabulary.isNull(codes, 'TENANT_ID', code)),
      same(value(properties, 'TENANT_ID', one), value(codes, 'TENANT_ID', code)),
    );
  const own = vocabulary.anyRow(properties);
  const setsTheSame = and(
    governs(own.name, product),
    isOf(own.name),
    same(value(properties, 'NAME', own.name), value(properties, 'NAME', property)),
  );
  return or(isOf(property), not(thereIs(own, setsTheSame)));
}

/** By some property the product takes the code still: for ever, if that is no number of minutes. */
function isValid(table: string, row: Term, applies: (property: Term) => Term, product: Product): Term {
  const { vocabulary, value, isKnown, now, tolerance } = product;
  const property = vocabulary.anyRow(properties);
  const minutes = value(properties, 'VALUE', property.name);
  const end = plus(product.instant(table, 'TIME_CREATED', row), times(60_000_000, minutes));
  const isRunning = or(
    not(isKnown(properties, 'VALUE', property.name)),
    less(minutes, number(0)),
    atMost(now, plus(end, tolerance)),
  );
  return thereIs(property, and(governs(property.name, product), applies(property.name), isRunning));
}

const isYoung = (table: string, row: Term, product: Product): Term =>
  isRetained(table, 'TIME_CREATED', 'code_retention_hours', row, product);

export const recoveryCodeIsLive = (row: Term, product: Product): Term =>
  or(
    isYoung(codes, row, product),
    isValid(codes, row, (property) => appliesTo(row, property, product), product),
  );

/** A flow of which a code is left, or that may yet get one. It does not say of which tenant it is. */
export function recoveryFlowIsLive(row: Term, product: Product): Term {
  const { vocabulary, isThere, value } = product;
  const code = vocabulary.anyRow(codes);
  const belongs = and(
    vocabulary.hasTable(codes),
    vocabulary.hasColumn(codes, 'RECOVERY_FLOW_ID'),
    isThere(codes, code.name),
    not(vocabulary.isNull(codes, 'RECOVERY_FLOW_ID', code.name)),
    not(vocabulary.isNull(flows, 'RECOVERY_FLOW_ID', row)),
    same(value(codes, 'RECOVERY_FLOW_ID', code.name), value(flows, 'RECOVERY_FLOW_ID', row)),
  );
  return or(
    thereIs(code, belongs),
    isYoung(flows, row, product),
    isValid(flows, row, () => yes, product),
  );
}
