import { before, oneOf } from '../policy/build.js';
import type { Policy } from '../policy/types.js';

/**
 * Invitations of users to another organization. The product takes one while its EXPIRED_AT is to come. It deletes one that is
 * accepted, that somebody tries to accept too late, or that an administrator deletes; any other stays, and is listed as
 * expired. So only the owner can say how long it is of use. EXPIRED_AT is written in UTC, and read in the zone of the JVM. The product
 * keeps no status but PENDING.
 *
 * Sources: UserInvitationDAOImpl (createInvitation, getInvitationByConfirmationCode, deleteInvitation) and
 * InvitationCoreServiceImpl (acceptInvitation, getInvitations),
 * https://github.com/wso2-extensions/identity-organization-management
 */
export const orgInvitations: Policy = {
  name: 'org_invitations',
  title: 'invitations to organizations that expired long ago (opt-in)',
  parameters: [
    {
      kind: 'word',
      name: 'invitation_pruning',
      default: 'no',
      allowed: ['yes', 'no'],
      description:
        'yes: invitations are deleted, and are no longer listed, invitation_retention_days after they expired',
    },
    {
      kind: 'number',
      name: 'invitation_retention_days',
      unit: 'days',
      default: 90,
      minimum: 1,
      maximum: 3650,
      description: 'How long after its EXPIRED_AT an invitation is kept when invitation_pruning is on',
    },
  ],
  cutOffs: [
    {
      name: 'invitation_cut_off',
      clock: 'unknown',
      less: { parameter: 'invitation_retention_days' },
      meaning: 'UTC now, less the uncertainty of timestamps and the retention of invitations',
    },
  ],
  steps: [
    {
      table: 'IDN_ORG_USER_INVITATION',
      stamp: 'EXPIRED_AT',
      enabledBy: 'invitation_pruning',
      guard: oneOf('STATUS', 'PENDING', 'EXPIRED'),
      children: ['IDN_ORG_USER_INVITE_ASSIGNMENT', 'IDN_ORG_USER_INVITE_ROLE_ASSIGNMENT'],
      reasons: [
        {
          name: 'retention_over',
          meaning: 'it expired before the retention began',
          when: before('EXPIRED_AT', 'invitation_cut_off'),
        },
      ],
    },
  ],
};
