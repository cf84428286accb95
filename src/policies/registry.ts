import {
  all,
  alone,
  any,
  before,
  beneath,
  epochBefore,
  equals,
  isNotNull,
  isNull,
  noRow,
  noRowExactly,
  noRowIfThere,
  on,
  oneOf,
  someRow,
  superseded,
  unless,
} from '../policy/build.js';
import type { Follower, Policy, Predicate, Step } from '../policy/types.js';

const codesFolder = '/_system/config/repository/components/org.wso2.carbon.identity.mgt/data';

/** A number that means the same thing only within one tenant. */
const inTenant = (pairs: Record<string, string>): Record<string, string> => ({
  ...pairs,
  REG_TENANT_ID: 'REG_TENANT_ID',
});

const hasPassed = epochBefore('REG_VALUE', 'milliseconds', 'code_cut_off');

/** The property that a link leads to is an expireTime which meets the condition. */
const expireTime = (condition: Predicate): Predicate =>
  someRow('REG_PROPERTY', inTenant({ REG_ID: 'REG_PROPERTY_ID' }), all(oneOf('REG_NAME', 'expireTime'), condition));

/**
 * The two ways in which the product ties properties to a resource: by its version where registry versioning is on, else by
 * its path and name. An upgraded database may hold both.
 */
const byVersion = inTenant({ REG_VERSION: 'REG_VERSION' });
const byName = inTenant({ REG_PATH_ID: 'REG_PATH_ID', REG_RESOURCE_NAME: 'REG_NAME' });

/** Neither a resource nor an older version of one that the registry keeps has this version. */
const noVersion = all(noRow('REG_RESOURCE', byVersion), noRowIfThere('REG_RESOURCE_HISTORY', byVersion));

/** How a path leads to a resource, or to what belongs to it. */
const pathTo = (name: string): Pick<Step, 'path'> => ({
  path: { table: 'REG_PATH', on: on(inTenant({ REG_PATH_ID: 'REG_PATH_ID' })), column: 'REG_PATH_VALUE', name },
});

const noPath = noRow('REG_RESOURCE', inTenant({ REG_PATH_ID: 'REG_PATH_ID' }));

const codeProperties = { table: 'REG_RESOURCE_PROPERTY', name: 'code_gone', meaning: 'its confirmation code is gone' };
const followers: readonly Follower[] = [
  { ...codeProperties, on: on(byVersion), guard: all(noVersion, noPath) },
  {
    ...codeProperties,
    on: on(byName),
    guard: all(
      isNull('REG_VERSION'),
      noRowExactly('REG_RESOURCE', inTenant({ REG_PATH_ID: 'REG_PATH_ID', REG_NAME: 'REG_RESOURCE_NAME' })),
    ),
  },
];

const entriesOfPath = ['REG_PATH', 'REG_TENANT_ID'];

const logStep = (name: string, meaning: string, when: Predicate): Step => ({
  table: 'REG_LOG',
  stamp: 'REG_LOGGED_TIME',
  guard: before('REG_LOGGED_TIME', 'log_cut_off'),
  reasons: [{ name, meaning, when }],
});

/** Links between a resource and its properties or tags. */
const linksOf = (table: string): Step => ({
  table,
  ...pathTo('REG_RESOURCE_NAME'),
  reasons: [
    {
      name: 'resource_gone',
      meaning:
        'no resource of its tenant has its path or its version, nor has an older version that the registry keeps',
      when: all(isNotNull('REG_TENANT_ID'), noPath, noVersion),
    },
  ],
});

/** What links lead to; any other table that refers to it by a foreign key keeps it as well. */
const linkedBy = (table: string, link: string, column: string): Step => ({
  table,
  unreferenced: true,
  reasons: [
    {
      name: 'unreferenced',
      meaning: 'nothing refers to it any more',
      when: noRow(link, inTenant({ [column]: 'REG_ID' })),
    },
  ],
});

/** The registry's log, properties and tags of resources that are gone, and old confirmation codes. */
export const registry: Policy = {
  name: 'registry',
  title: 'superseded registry log entries, what deleted resources left, and expired confirmation codes',
  parameters: [
    {
      kind: 'number',
      name: 'log_minimum_age_hours',
      unit: 'hours',
      default: 24,
      minimum: 24,
      maximum: 87_600,
      description: 'How old a log entry must be, because the indexer reads recent ones',
    },
  ],
  cutOffs: [
    {
      name: 'log_cut_off',
      clock: 'unknown',
      less: { parameter: 'log_minimum_age_hours' },
      meaning: 'UTC now, less the uncertainty of timestamps and the minimum age of a log entry',
    },
    {
      name: 'code_cut_off',
      clock: 'utc',
      less: { hours: 1 },
      meaning: 'UTC now, less an hour for clocks that differ',
    },
  ],
  steps: [
    {
      table: 'REG_RESOURCE',
      stamp: 'REG_CREATED_TIME',
      ...pathTo('REG_NAME'),
      followers,
      reasons: [
        {
          name: 'code_expired',
          meaning: 'it is a confirmation code, and every expireTime of it has passed',
          when: all(
            isNotNull('REG_NAME'),
            someRow('REG_PATH', inTenant({ REG_PATH_ID: 'REG_PATH_ID' }), beneath('REG_PATH_VALUE', codesFolder)),
            any(
              someRow('REG_RESOURCE_PROPERTY', byVersion, expireTime(hasPassed)),
              someRow('REG_RESOURCE_PROPERTY', byName, all(isNull('REG_VERSION'), expireTime(hasPassed))),
            ),
            // An upgraded database may hold an older one beside one that is to come, or that nobody can read.
            noRow('REG_RESOURCE_PROPERTY', byVersion, expireTime(unless(hasPassed))),
            noRowExactly('REG_RESOURCE_PROPERTY', byName, all(isNull('REG_VERSION'), expireTime(unless(hasPassed)))),
          ),
        },
      ],
    },
    logStep('superseded', 'its path has a newer entry', superseded(entriesOfPath, 'REG_LOG_ID')),
    // Behind what it superseded: a run that ended between the two would leave an older entry as the newest.
    logStep(
      'deleted',
      'it says that its resource was deleted, and no other entry of its path is left',
      all(equals('REG_ACTION', 7), alone(entriesOfPath)),
    ),
    linksOf('REG_RESOURCE_PROPERTY'),
    linkedBy('REG_PROPERTY', 'REG_RESOURCE_PROPERTY', 'REG_PROPERTY_ID'),
    linksOf('REG_RESOURCE_TAG'),
    linkedBy('REG_TAG', 'REG_RESOURCE_TAG', 'REG_TAG_ID'),
  ],
};
