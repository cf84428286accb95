import { all, before, isNotNull, noRow, noRowIfThere } from '../policy/build.js';
import type { Policy } from '../policy/types.js';

/**
 * Logins that wait for a call to another system. The row is made when a login begins to wait, and is deleted when the login
 * comes back; one that never comes back leaves it. Its key is the login's own id, under which the session stores keep the
 * login. The product writes EXPIRE_TIME, now and the time-out of a connection, in the zone of its JVM, and never reads it: a
 * login that comes back without its row starts its call again. So the login has to be gone from both stores as well.
 *
 * Sources: GraphBasedSequenceHandler.handleLongWait, LongWaitStatusStoreService.addWait and LongWaitStatusDAOImpl, which uses
 * the database of sessions, https://github.com/wso2/carbon-identity-framework
 */
export const waitStatuses: Policy = {
  name: 'wait_statuses',
  title: 'marks of logins that waited for another system and never came back',
  parameters: [
    {
      kind: 'number',
      name: 'wait_retention_days',
      unit: 'days',
      default: 14,
      minimum: 1,
      maximum: 3650,
      description: 'How long after its EXPIRE_TIME the mark of a waiting login is kept: longer than any login lasts',
    },
  ],
  cutOffs: [
    {
      name: 'wait_cut_off',
      clock: 'unknown',
      less: { parameter: 'wait_retention_days' },
      meaning: 'UTC now, less the uncertainty of timestamps and the retention of marks of waiting logins',
    },
  ],
  steps: [
    {
      table: 'IDN_AUTH_WAIT_STATUS',
      stamp: 'EXPIRE_TIME',
      guard: all(
        isNotNull('LONG_WAIT_KEY'),
        noRow('IDN_AUTH_SESSION_STORE', { SESSION_ID: 'LONG_WAIT_KEY' }),
        noRowIfThere('IDN_AUTH_TEMP_SESSION_STORE', { SESSION_ID: 'LONG_WAIT_KEY' }),
      ),
      reasons: [
        {
          name: 'retention_over',
          meaning: 'its EXPIRE_TIME passed before the retention began, and its login is in neither session store',
          when: before('EXPIRE_TIME', 'wait_cut_off'),
        },
      ],
    },
  ],
};
