import { before, noRowIfThere } from '../policy/build.js';
import type { Policy, Reason } from '../policy/types.js';

const old: readonly Reason[] = [
  {
    name: 'retention_over',
    meaning: 'it was created before the retention began',
    when: before('TIME_CREATED', 'retention_cut_off'),
  },
];

/** Codes of account recovery and confirmation. */
export const confirmationCodes: Policy = {
  name: 'confirmation_codes',
  title: 'old confirmation codes of account recovery',
  parameters: [
    {
      kind: 'number',
      name: 'code_retention_hours',
      unit: 'hours',
      default: 720,
      minimum: 48,
      maximum: 87_600,
      description: 'How long a confirmation code is kept; longer than the longest validity that the product is set to',
    },
  ],
  cutOffs: [
    {
      name: 'retention_cut_off',
      clock: 'unknown',
      less: { parameter: 'code_retention_hours' },
      meaning: 'UTC now, less the uncertainty of timestamps and the retention of codes',
    },
  ],
  steps: [
    { table: 'IDN_RECOVERY_DATA', stamp: 'TIME_CREATED', reasons: old },
    // Codes cascade with their flow: one that lives keeps its flow.
    {
      table: 'IDN_RECOVERY_FLOW_DATA',
      stamp: 'TIME_CREATED',
      unreferenced: true,
      children: ['IDN_RECOVERY_DATA'],
      guard: noRowIfThere('IDN_RECOVERY_DATA', { RECOVERY_FLOW_ID: 'RECOVERY_FLOW_ID' }),
      reasons: old,
    },
  ],
};
