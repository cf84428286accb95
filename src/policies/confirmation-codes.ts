import { all, before, contains, noRowIfThere, oneOf, outlives, someRow } from '../policy/build.js';
import type { Policy, StatedPeriods } from '../policy/types.js';
import { grace } from './grace.js';

/**
 * How long codes are valid: what a tenant's identity governance sets, in minutes. It is kept as properties of the tenant's
 * resident identity provider, whose names hold "ExpiryTime" (`EmailVerification.AskPassword.ExpiryTime`,
 * `Recovery.Notification.Password.ExpiryTime.smsOtp`); which of them counts for a code depends on its scenario and step, so
 * all of them do. A negative number means for ever to the product (JDBCRecoveryDataStore.isCodeExpired). Since Identity
 * Server 7.2 an organization that sets nothing under a name inherits it from its parent, which is another tenant; who is
 * whose parent is kept in another database.
 */
const validity: Omit<StatedPeriods, 'group'> = {
  table: 'IDP_METADATA',
  where: all(contains('NAME', 'ExpiryTime'), someRow('IDP', { ID: 'IDP_ID' }, oneOf('NAME', 'LOCAL'))),
  name: 'NAME',
  period: 'VALUE',
  unit: 'minutes',
};

const old = before('TIME_CREATED', 'retention_cut_off');

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
      description: 'How long a code is kept at least: longer than any validity that only a file of the product sets',
    },
  ],
  cutOffs: [
    {
      name: 'retention_cut_off',
      clock: 'unknown',
      less: { parameter: 'code_retention_hours' },
      meaning: 'UTC now, less the uncertainty of timestamps and the retention of codes',
    },
    grace,
  ],
  steps: [
    {
      table: 'IDN_RECOVERY_DATA',
      stamp: 'TIME_CREATED',
      reasons: [
        {
          name: 'retention_over',
          meaning: 'it is older than the retention, and than any validity that governs its tenant',
          when: all(old, outlives('TIME_CREATED', { ...validity, group: ['TENANT_ID', 'TENANT_ID'] }, 'grace_cut_off')),
        },
      ],
    },
    // Codes cascade with their flow: one that lives keeps its flow. A flow does not say of which tenant it is.
    {
      table: 'IDN_RECOVERY_FLOW_DATA',
      stamp: 'TIME_CREATED',
      unreferenced: true,
      children: ['IDN_RECOVERY_DATA'],
      guard: noRowIfThere('IDN_RECOVERY_DATA', { RECOVERY_FLOW_ID: 'RECOVERY_FLOW_ID' }),
      reasons: [
        {
          name: 'retention_over',
          meaning: 'it is older than the retention, and than any validity that governs some tenant',
          when: all(old, outlives('TIME_CREATED', validity, 'grace_cut_off')),
        },
      ],
    },
  ],
};
