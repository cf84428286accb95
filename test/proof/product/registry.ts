import {
  and,
  atMost,
  less,
  minus,
  not,
  number,
  or,
  same,
  type Term,
  thereIs,
  times,
} from '../../../src/policy/prove/term.js';
import type { Product } from './product.js';

const log = 'REG_LOG';
const resources = 'REG_RESOURCE';

/** An entry that says what its path is now, or that the indexer may not have read yet. Nobody can tell of a path of NULL. */
export function logEntryIsLive(row: Term, product: Product): Term {
  const { vocabulary, value, isThere, isKnown, settings } = product;
  const other = vocabulary.anyRow(log);
  const isSuperseded = thereIs(
    other,
    and(
      isThere(log, other.name),
      areAlike(product, log, other.name, log, row, { REG_PATH: 'REG_PATH', REG_TENANT_ID: 'REG_TENANT_ID' }),
      less(value(log, 'REG_LOG_ID', row), value(log, 'REG_LOG_ID', other.name)),
    ),
  );
  const saysDeleted = and(isKnown(log, 'REG_ACTION', row), same(value(log, 'REG_ACTION', row), number(7)));
  const age = settings.length('log_minimum_age_hours');
  return or(
    not(isKnown(log, 'REG_LOGGED_TIME', row)),
    atMost(minus(product.databaseNow, age), product.instant(log, 'REG_LOGGED_TIME', row)),
    and(not(isSuperseded), not(saysDeleted)),
  );
}

/** Columns of two rows hold the same values, none of which is NULL; `{ theirs: ours }`. */
function areAlike(
  { vocabulary, value }: Product,
  theirTable: string,
  theirRow: Term,
  ourTable: string,
  ourRow: Term,
  pairs: Readonly<Record<string, string>>,
): Term {
  return and(
    ...Object.entries(pairs).flatMap(([theirs, ours]) => [
      not(vocabulary.isNull(theirTable, theirs, theirRow)),
      not(vocabulary.isNull(ourTable, ours, ourRow)),
      same(value(theirTable, theirs, theirRow), value(ourTable, ours, ourRow)),
    ]),
  );
}

const tenant = { REG_TENANT_ID: 'REG_TENANT_ID' };

/**
 * A link that the product follows from a resource: by version, which may be that of an older one in the history, or, if it
 * says no version, by path and name. One that names nothing belongs to the folder. Nobody can tell of one without a tenant.
 */
export const linkIsLive =
  (table: string) =>
  (row: Term, product: Product): Term => {
    const { vocabulary, isThere } = product;
    const isNull = (column: string): Term => vocabulary.isNull(table, column, row);
    const found = (of: string, pairs: Record<string, string>): Term => {
      const resource = vocabulary.anyRow(of);
      return thereIs(
        resource,
        and(isThere(of, resource.name), areAlike(product, of, resource.name, table, row, { ...tenant, ...pairs })),
      );
    };
    const history = 'REG_RESOURCE_HISTORY';
    const keepsHistory = and(
      vocabulary.hasTable(history),
      vocabulary.hasColumn(history, 'REG_VERSION'),
      vocabulary.hasColumn(history, 'REG_TENANT_ID'),
    );
    return or(
      isNull('REG_TENANT_ID'),
      found(resources, { REG_VERSION: 'REG_VERSION' }),
      and(keepsHistory, found(history, { REG_VERSION: 'REG_VERSION' })),
      and(isNull('REG_VERSION'), found(resources, { REG_PATH_ID: 'REG_PATH_ID', REG_NAME: 'REG_RESOURCE_NAME' })),
      and(isNull('REG_VERSION'), isNull('REG_RESOURCE_NAME'), found(resources, { REG_PATH_ID: 'REG_PATH_ID' })),
    );
  };

/** A property or tag to which a link leads. */
export const linkedIsLive =
  (table: string, link: string, column: string) =>
  (row: Term, product: Product): Term => {
    const other = product.vocabulary.anyRow(link);
    return thereIs(
      other,
      and(
        product.isThere(link, other.name),
        areAlike(product, link, other.name, table, row, { ...tenant, [column]: 'REG_ID' }),
      ),
    );
  };

const links = 'REG_RESOURCE_PROPERTY';
const properties = 'REG_PROPERTY';
const paths = 'REG_PATH';
export const codesFolder = '/_system/config/repository/components/org.wso2.carbon.identity.mgt/data';

/** A resource that is no confirmation code, or one of which the end is not stated, is to come or cannot be read. */
export function resourceIsLive(row: Term, product: Product): Term {
  const { vocabulary, isThere, value, is, isKnown } = product;
  const path = vocabulary.anyRow(paths);
  const isCode = thereIs(
    path,
    and(
      isThere(paths, path.name),
      areAlike(product, paths, path.name, resources, row, { ...tenant, REG_PATH_ID: 'REG_PATH_ID' }),
      not(vocabulary.isNull(paths, 'REG_PATH_VALUE', path.name)),
      vocabulary.property(`is beneath '${codesFolder}'`, value(paths, 'REG_PATH_VALUE', path.name)),
    ),
  );
  const end = (condition: (property: Term) => Term): Term => {
    const [link, property] = [vocabulary.anyRow(links), vocabulary.anyRow(properties)];
    const attached = or(
      areAlike(product, links, link.name, resources, row, { ...tenant, REG_VERSION: 'REG_VERSION' }),
      and(
        vocabulary.isNull(links, 'REG_VERSION', link.name),
        areAlike(product, links, link.name, resources, row, {
          ...tenant,
          REG_PATH_ID: 'REG_PATH_ID',
          REG_RESOURCE_NAME: 'REG_NAME',
        }),
      ),
    );
    const leads = areAlike(product, properties, property.name, links, link.name, {
      ...tenant,
      REG_ID: 'REG_PROPERTY_ID',
    });
    return thereIs(
      link,
      and(
        isThere(links, link.name),
        attached,
        thereIs(
          property,
          and(
            isThere(properties, property.name),
            leads,
            is(properties, 'REG_NAME', property.name, 'expireTime'),
            condition(property.name),
          ),
        ),
      ),
    );
  };
  const isToCome = (property: Term): Term =>
    or(
      not(isKnown(properties, 'REG_VALUE', property)),
      atMost(product.now, times(1_000, value(properties, 'REG_VALUE', property))),
    );
  return or(not(isCode), vocabulary.isNull(resources, 'REG_NAME', row), not(end(() => 'true')), end(isToCome));
}
