import { epochBefore } from '../policy/build.js';
import type { Policy } from '../policy/types.js';
import { epochGrace } from './grace.js';

/** Pushed authorization requests. */
export const parRequests: Policy = {
  name: 'par_requests',
  title: 'pushed authorization requests that have expired',
  parameters: [],
  cutOffs: [epochGrace],
  steps: [
    {
      table: 'IDN_OAUTH_PAR',
      stamp: { column: 'SCHEDULED_EXPIRY', unit: 'milliseconds' },
      reasons: [
        {
          name: 'expired',
          meaning: 'its SCHEDULED_EXPIRY is over 24 h ago',
          when: epochBefore('SCHEDULED_EXPIRY', 'milliseconds', 'epoch_grace_cut_off'),
        },
      ],
    },
  ],
};
