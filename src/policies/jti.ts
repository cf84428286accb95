import { before } from '../policy/build.js';
import type { Policy } from '../policy/types.js';
import { grace } from './grace.js';

/** Ids of JWTs that were used, kept so that none is used twice: early removal would allow a replay. */
export const jti: Policy = {
  name: 'jti',
  title: 'ids of JWTs that have expired',
  parameters: [],
  cutOffs: [grace],
  steps: [
    {
      table: 'IDN_OIDC_JTI',
      stamp: 'EXP_TIME',
      reasons: [
        { name: 'expired', meaning: 'its JWT expired over 24 h ago', when: before('EXP_TIME', 'grace_cut_off') },
      ],
    },
  ],
};
