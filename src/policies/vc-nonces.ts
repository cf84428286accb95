import { before } from '../policy/build.js';
import type { Policy } from '../policy/types.js';
import { grace } from './grace.js';

/** Nonces of verifiable credentials; the product writes their end in the zone of its JVM. */
export const vcNonces: Policy = {
  name: 'vc_nonces',
  title: 'nonces of verifiable credentials that have expired',
  parameters: [],
  cutOffs: [grace],
  steps: [
    {
      table: 'IDN_VC_NONCE',
      stamp: 'EXPIRY_TIME',
      reasons: [
        { name: 'expired', meaning: 'its EXPIRY_TIME is over 24 h ago', when: before('EXPIRY_TIME', 'grace_cut_off') },
      ],
    },
  ],
};
