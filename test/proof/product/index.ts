import type { Term } from '../../../src/policy/prove/term.js';
import { auditRowIsLive, authorizationCodeIsLive, cibaCodeIsLive, deviceCodeIsLive } from './codes.js';
import { revisionMetadataIsLive, unsubscriptionIsLive, webhookIsLive } from './gateways.js';
import { actionIsLive, invitationIsLive, waitIsLive, workflowIsLive } from './others.js';
import type { Product } from './product.js';
import { recoveryCodeIsLive, recoveryFlowIsLive } from './recovery.js';
import { linkedIsLive, linkIsLive, logEntryIsLive, resourceIsLive } from './registry.js';
import { invalidTokenIsLive, numberIsToCome, revokedEventIsLive, revokedJwtIsLive } from './revocations.js';
import { mappingIsLive, mappings, orphanIsLive, sessionRowIsLive, stores } from './sessions.js';
import { accessTokenIsLive, isToCome, refreshTokenIsLive } from './tokens.js';
import { permissionTicketIsLive } from './uma.js';

/** That a row of a table is live, in the product's own terms. */
export type Live = (row: Term, product: Product) => Term;

const toCome =
  (table: string, column: string): Live =>
  (row, product) =>
    isToCome(table, column, row, product);

/** For every table that a policy cleans: when its rows are live. */
export const liveRows: Readonly<Record<string, Live>> = {
  IDN_OAUTH2_ACCESS_TOKEN: accessTokenIsLive,
  IDN_OAUTH2_AUTHORIZATION_CODE: authorizationCodeIsLive,
  IDN_OAUTH2_CIBA_AUTH_CODE: cibaCodeIsLive,
  IDN_OAUTH2_DEVICE_FLOW: deviceCodeIsLive,
  IDN_OAUTH2_ACCESS_TOKEN_AUDIT: auditRowIsLive,
  IDN_OAUTH2_REFRESH_TOKEN: refreshTokenIsLive,
  ...Object.fromEntries(stores.map((table) => [table, sessionRowIsLive(table)])),
  ...Object.fromEntries(mappings.map((table) => [table, orphanIsLive(table)])),
  REG_RESOURCE: resourceIsLive,
  REG_LOG: logEntryIsLive,
  REG_RESOURCE_PROPERTY: linkIsLive('REG_RESOURCE_PROPERTY'),
  REG_PROPERTY: linkedIsLive('REG_PROPERTY', 'REG_RESOURCE_PROPERTY', 'REG_PROPERTY_ID'),
  REG_RESOURCE_TAG: linkIsLive('REG_RESOURCE_TAG'),
  REG_TAG: linkedIsLive('REG_TAG', 'REG_RESOURCE_TAG', 'REG_TAG_ID'),
  IDN_RECOVERY_DATA: recoveryCodeIsLive,
  IDN_RECOVERY_FLOW_DATA: recoveryFlowIsLive,
  IDN_OIDC_JTI: toCome('IDN_OIDC_JTI', 'EXP_TIME'),
  IDN_OAUTH_PAR: (row, product) => numberIsToCome('IDN_OAUTH_PAR', 'SCHEDULED_EXPIRY', 1_000n, row, product),
  AM_REVOKED_JWT: revokedJwtIsLive,
  IDN_INVALID_TOKENS: invalidTokenIsLive('IDN_INVALID_TOKENS'),
  IDN_OAUTH2_REVOKED_TOKENS: invalidTokenIsLive('IDN_OAUTH2_REVOKED_TOKENS'),
  IDN_SUBJECT_ENTITY_REVOKED_EVENT: revokedEventIsLive('IDN_SUBJECT_ENTITY_REVOKED_EVENT'),
  IDN_APP_REVOKED_EVENT: revokedEventIsLive('IDN_APP_REVOKED_EVENT'),
  AM_SUBJECT_ENTITY_REVOKED_EVENT: revokedEventIsLive('AM_SUBJECT_ENTITY_REVOKED_EVENT'),
  AM_APP_REVOKED_EVENT: revokedEventIsLive('AM_APP_REVOKED_EVENT'),
  IDN_FLOW_CONTEXT_STORE: toCome('IDN_FLOW_CONTEXT_STORE', 'EXPIRES_AT'),
  IDN_VC_NONCE: toCome('IDN_VC_NONCE', 'EXPIRY_TIME'),
  IDN_SAML2_ARTIFACT_STORE: toCome('IDN_SAML2_ARTIFACT_STORE', 'EXP_TIMESTAMP'),
  IDN_UMA_PERMISSION_TICKET: permissionTicketIsLive,
  IDN_AUTH_WAIT_STATUS: waitIsLive,
  IDN_ORG_USER_INVITATION: invitationIsLive,
  WF_REQUEST: workflowIsLive,
  IDN_ACTION: actionIsLive,
  AM_WEBHOOKS_SUBSCRIPTION: webhookIsLive,
  AM_WEBHOOKS_UNSUBSCRIPTION: unsubscriptionIsLive,
  AM_API_REVISION_METADATA: revisionMetadataIsLive,
};

/** For every table whose rows may follow a deleted row: when they are live. */
export const liveFollowers: Readonly<Record<string, Live>> = {
  ...Object.fromEntries(mappings.map((table) => [table, mappingIsLive(table)])),
  REG_RESOURCE_PROPERTY: linkIsLive('REG_RESOURCE_PROPERTY'),
};
