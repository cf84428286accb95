import { before, oneOf } from '../../../src/policy/build.js';
import type { Policy } from '../../../src/policy/types.js';

/** Notes that nobody reads any more. */
export const madeUpNotes: Policy = {
  name: 'made_up_notes',
  title: 'notes that were closed or have expired',
  parameters: [
    {
      kind: 'number',
      name: 'note_grace_hours',
      unit: 'hours',
      default: 48,
      minimum: 24,
      maximum: 8760,
      description: 'How long after its EXPIRES_AT a note is kept',
    },
  ],
  cutOffs: [
    {
      name: 'note_cut_off',
      clock: 'unknown',
      less: { parameter: 'note_grace_hours' },
      meaning: 'UTC now, less the uncertainty of timestamps and the grace after an EXPIRES_AT',
    },
  ],
  steps: [
    {
      table: 'MADE_UP_NOTE',
      stamp: 'EXPIRES_AT',
      reasons: [
        { name: 'closed', meaning: 'its status is CLOSED', when: oneOf('STATUS', 'CLOSED') },
        {
          name: 'expired',
          meaning: 'its EXPIRES_AT passed before the grace began',
          when: before('EXPIRES_AT', 'note_cut_off'),
        },
      ],
    },
  ],
};
