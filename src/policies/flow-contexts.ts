import { before } from '../policy/build.js';
import type { Policy } from '../policy/types.js';
import { grace } from './grace.js';

/** States of registration and recovery flows that were begun. */
export const flowContexts: Policy = {
  name: 'flow_contexts',
  title: 'contexts of flows that have expired',
  parameters: [],
  cutOffs: [grace],
  steps: [
    {
      table: 'IDN_FLOW_CONTEXT_STORE',
      stamp: 'EXPIRES_AT',
      reasons: [
        { name: 'expired', meaning: 'its EXPIRES_AT is over 24 h ago', when: before('EXPIRES_AT', 'grace_cut_off') },
      ],
    },
  ],
};
