import { all, any, before, ifColumn, isNull, noRow, oneOf, superseded } from '../policy/build.js';
import type { Policy } from '../policy/types.js';
import { grace } from './grace.js';
import { longestLifetime } from './longest-lifetime.js';

const expired = before('EXPIRY_TIME', 'grace_cut_off');

/** It has no row, and one that was issued before the ticket's end and is kept in no row has ended too. */
const tokenIsGone = all(
  before('EXPIRY_TIME', 'lifetime_cut_off'),
  noRow('IDN_OAUTH2_ACCESS_TOKEN', { TOKEN_ID: 'TOKEN_ID' }),
);

/**
 * Permission tickets of User-Managed Access. A ticket is exchanged for a token while its EXPIRY_TIME, in UTC, is to come; no
 * DELETE takes it away after that. Introspection of the token that it led to reads it by TOKEN_ID, whatever its EXPIRY_TIME
 * and state, for the permissions that the token stands for. A refresh makes a token of another TOKEN_ID, which no ticket has.
 * That token may have no row, as with tokens that are not persisted: it was issued before the ticket's end, so that it ends
 * within the longest lifetime after it. Older schemas have no TOKEN_ID, and introspection then reads no ticket.
 *
 * The newest ticket of each tenant stays. The product looks into the first row, once per start, to learn whether there is a
 * TOKEN_ID. It takes an empty table for one without the column, and new tokens would then get no permissions.
 *
 * Sources: PermissionTicketDAO (persistPermissionTicket, checkPermissionTicketExpiration, retrievePermissionTicketForTokenId,
 * checkTokenIdColumnInTable), PermissionServiceImpl.validateAccessToken and UMA2GrantHandler.issue,
 * https://github.com/wso2-extensions/identity-oauth-uma
 */
export const umaTickets: Policy = {
  name: 'uma_tickets',
  title: 'permission tickets of User-Managed Access that expired, and whose token is gone',
  parameters: [longestLifetime.parameter],
  cutOffs: [
    grace,
    {
      name: 'lifetime_cut_off',
      clock: 'unknown',
      less: { hours: 24 },
      andLongest: longestLifetime.period,
      meaning: 'UTC now, less the uncertainty of timestamps, 24 h and the longest token lifetime of any application',
    },
  ],
  steps: [
    {
      table: 'IDN_UMA_PERMISSION_TICKET',
      stamp: 'EXPIRY_TIME',
      guard: oneOf('TICKET_STATE', 'ACTIVE', 'EXPIRED', 'REVOKED'),
      children: ['IDN_UMA_PT_RESOURCE', 'IDN_UMA_PT_RESOURCE_SCOPE'],
      reasons: [
        {
          name: 'expired',
          meaning:
            'it expired over 24 h ago and led to no token, or its token has no row and the longest lifetime is over since ' +
            'it expired; and its tenant has a newer ticket',
          when: all(
            ifColumn('TOKEN_ID', any(all(isNull('TOKEN_ID'), expired), tokenIsGone), expired),
            superseded(['TENANT_ID'], 'ID'),
          ),
        },
      ],
    },
  ],
};
