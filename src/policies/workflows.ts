import { all, before, oneOf } from '../policy/build.js';
import type { Policy } from '../policy/types.js';

/** Requests to workflows, with their relations. CREATED and PENDING wait for somebody; other states are not known to be final. */
export const workflows: Policy = {
  name: 'workflows',
  title: 'workflow requests that were finished long ago',
  parameters: [
    {
      kind: 'number',
      name: 'workflow_retention_days',
      unit: 'days',
      default: 60,
      minimum: 2,
      maximum: 36_500,
      description: 'How long a finished workflow request is kept',
    },
  ],
  cutOffs: [
    {
      name: 'retention_cut_off',
      clock: 'unknown',
      less: { parameter: 'workflow_retention_days' },
      meaning: 'UTC now, less the uncertainty of timestamps and the retention of workflow requests',
    },
  ],
  steps: [
    {
      table: 'WF_REQUEST',
      stamp: 'UPDATED_AT',
      children: ['WF_REQUEST_ENTITY_RELATIONSHIP', 'WF_WORKFLOW_REQUEST_RELATION', 'WF_WORKFLOW_APPROVAL_RELATION'],
      reasons: [
        {
          name: 'finished',
          meaning: 'it is APPROVED, REJECTED, FAILED, DELETED or ABORTED since before the retention began',
          when: all(
            oneOf('STATUS', 'APPROVED', 'REJECTED', 'FAILED', 'DELETED', 'ABORTED'),
            before('UPDATED_AT', 'retention_cut_off'),
          ),
        },
      ],
    },
  ],
};
