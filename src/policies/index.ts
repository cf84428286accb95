import type { Policy } from '../policy/types.js';
import { confirmationCodes } from './confirmation-codes.js';
import { flowContexts } from './flow-contexts.js';
import { jti } from './jti.js';
import { orgInvitations } from './org-invitations.js';
import { parRequests } from './par-requests.js';
import { refreshTokens } from './refresh-tokens.js';
import { registry } from './registry.js';
import { revisionMetadata } from './revision-metadata.js';
import { revocations } from './revocations.js';
import { samlArtifacts } from './saml-artifacts.js';
import { sessions } from './sessions.js';
import { staleActions } from './stale-actions.js';
import { tokens } from './tokens.js';
import { umaTickets } from './uma-tickets.js';
import { vcNonces } from './vc-nonces.js';
import { waitStatuses } from './wait-statuses.js';
import { webhooks } from './webhooks.js';
import { workflows } from './workflows.js';

/** Every cleanup that deepclean knows; a new one is one file and one line here. */
export const policies: readonly Policy[] = [
  tokens,
  sessions,
  registry,
  confirmationCodes,
  jti,
  parRequests,
  revocations,
  refreshTokens,
  flowContexts,
  vcNonces,
  samlArtifacts,
  umaTickets,
  waitStatuses,
  orgInvitations,
  workflows,
  staleActions,
  webhooks,
  revisionMetadata,
];
