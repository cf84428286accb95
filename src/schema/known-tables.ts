/**
 * Tables of API Manager and Identity Server, and what is known of their growth besides what the policies say. Names, by which
 * inspection knows a table; sentences, for people.
 *
 * `readIn` names the class of the product that was read for the sentence, in https://github.com/wso2 and
 * https://github.com/wso2-extensions. A sentence without it comes from the vendor's documentation, public issues or the
 * tables' own columns and keys: nobody has read the product's code for it.
 */

/** Of a table that no cleanup of deepclean touches. */
export type Growth =
  /** The product deletes the rows itself. */
  | 'cleaned by the product'
  /** It grows, and no rule says that a row is of no use any more: evidence, or still in use. */
  | 'kept'
  /** It grows by mistakes or by what nobody picks up; the end of a row is not proven. */
  | 'not proven'
  /** It holds what people set up, and grows with them alone. */
  | 'bounded'
  /** Nobody has looked. */
  | 'not read';

export interface TableVerdict {
  readonly tables: readonly string[];
  readonly growth: Growth;
  /** One sentence. */
  readonly verdict: string;
  readonly readIn?: string;
}

/** Of tables that deepclean cleans: who else does. */
export interface OtherCleaning {
  readonly tables: readonly string[];
  /** How the product cleans it. */
  readonly product?: string;
  readonly readIn?: string;
  /** The folder of the vendor's script, below dbscripts/stored-procedures. */
  readonly vendor?: string;
}

export const otherCleaning: readonly OtherCleaning[] = [
  {
    tables: ['IDN_OAUTH2_ACCESS_TOKEN'],
    product:
      'removes a token that is replaced, refreshed or revoked, if token cleaning is on; never one that only expired',
    vendor: 'token',
  },
  { tables: ['IDN_OAUTH2_AUTHORIZATION_CODE', 'IDN_OAUTH2_CIBA_AUTH_CODE'], vendor: 'token' },
  {
    tables: ['IDN_OAUTH2_ACCESS_TOKEN_AUDIT'],
    product: 'only adds to it, while audit retention is on',
    readIn: 'OldTokensCleanDAO',
  },
  { tables: ['IDN_OAUTH2_DEVICE_FLOW'], vendor: 'devicecode' },
  {
    tables: ['IDN_AUTH_SESSION_STORE', 'IDN_AUTH_TEMP_SESSION_STORE'],
    product: 'has tasks for it; which are on differs from version to version',
    readIn: 'SessionDataStore',
    vendor: 'sessiondata',
  },
  {
    tables: ['IDN_AUTH_USER_SESSION_MAPPING', 'IDN_AUTH_SESSION_APP_INFO', 'IDN_AUTH_SESSION_META_DATA'],
    product: 'removes them with their session, if the session task is on',
    vendor: 'sessiondata',
  },
  { tables: ['IDN_FED_AUTH_SESSION_MAPPING'], vendor: 'sessiondata' },
  { tables: ['REG_LOG', 'REG_RESOURCE'], vendor: 'registry' },
  { tables: ['IDN_RECOVERY_DATA', 'IDN_RECOVERY_FLOW_DATA'], vendor: 'confirmation-code' },
  {
    tables: ['IDN_SAML2_ARTIFACT_STORE'],
    product: 'deletes an artifact as it resolves it, and leaves one that nobody resolves',
    readIn: 'SAML2ArtifactInfoDAOImpl',
  },
  {
    tables: ['IDN_UMA_PERMISSION_TICKET'],
    product: 'has no DELETE',
    readIn: 'PermissionTicketDAO',
  },
  {
    tables: ['IDN_AUTH_WAIT_STATUS'],
    product: 'deletes the row of a login that comes back, and leaves that of one that does not',
    readIn: 'GraphBasedSequenceHandler, LongWaitStatusDAOImpl',
  },
  {
    tables: ['IDN_ORG_USER_INVITATION'],
    product: 'deletes one that is accepted, or that somebody tries to accept too late; lists all others',
    readIn: 'InvitationCoreServiceImpl, UserInvitationDAOImpl',
  },
  { tables: ['IDN_OIDC_JTI'], vendor: 'jti' },
  { tables: ['IDN_OAUTH_PAR'], vendor: 'par-request' },
  {
    tables: ['AM_REVOKED_JWT'],
    product:
      'removes expired ones when a key manager tells of another revocation, once an hour at most; [apim.oauth_config] enable_revoke_token_cleanup = false switches that off',
    readIn: 'AbstractKeyManagerEventHandler, ExpiredJWTCleaner',
  },
  {
    tables: ['IDN_INVALID_TOKENS'],
    product: 'has a DELETE of expired ones in the extension for API Manager; when it runs was not read',
    readIn: 'SQLQueries of org.wso2.is.key.manager.tokenpersistence',
  },
  {
    tables: ['IDN_OAUTH2_REVOKED_TOKENS', 'IDN_SUBJECT_ENTITY_REVOKED_EVENT'],
    product: 'has no DELETE',
    readIn: 'RevokedTokenDAOImpl',
    vendor: 'non-persistence-access-token',
  },
  {
    tables: ['IDN_APP_REVOKED_EVENT'],
    product: 'has no DELETE',
    readIn: 'SQLQueries of org.wso2.is.key.manager.tokenpersistence',
  },
  {
    tables: ['AM_APP_REVOKED_EVENT', 'AM_SUBJECT_ENTITY_REVOKED_EVENT'],
    product: 'reads each whole when a gateway starts; the documentation tells users to clean by hand',
    readIn: 'BlockConditionDBUtil',
  },
  { tables: ['IDN_OAUTH2_REFRESH_TOKEN'], vendor: 'non-persistence-access-token' },
  { tables: ['IDN_FLOW_CONTEXT_STORE'], vendor: 'flow-context' },
  { tables: ['IDN_VC_NONCE'], vendor: 'vc-nonce' },
  { tables: ['WF_REQUEST'], vendor: 'workflow' },
  { tables: ['IDN_ACTION'], vendor: 'action' },
  {
    tables: ['AM_WEBHOOKS_SUBSCRIPTION'],
    product: 'removes one that its subscriber ends, never one whose lease is over',
    readIn: 'WebhooksDAO',
  },
  { tables: ['AM_WEBHOOKS_UNSUBSCRIPTION'], product: 'only adds to it', readIn: 'WebhooksDAO' },
  {
    tables: ['AM_API_REVISION_METADATA'],
    product: 'has no DELETE that we found; newer schemas have a cascading foreign key',
    readIn: 'ApiMgtDAO.addAPIRevision, SQLConstants',
  },
];

export const tableVerdicts: readonly TableVerdict[] = [
  {
    tables: ['AM_USAGE_UPLOADED_FILES'],
    growth: 'cleaned by the product',
    verdict:
      'Usage files of micro gateways: a file is taken up once (FILE_PROCESSED 0), and the publisher deletes old ones that it has taken up (1 and 2, in older versions only 2).',
    readIn: 'MicroGatewayAPIUsageConstants',
  },
  {
    tables: ['AM_GW_INSTANCES', 'AM_GW_REVISION_DEPLOYMENT'],
    growth: 'cleaned by the product',
    verdict: 'Gateways that were not heard of for long are deleted, and then what was deployed on them.',
    readIn: 'GatewayManagementDAO',
  },
  {
    tables: ['AM_GW_API_ARTIFACTS'],
    growth: 'cleaned by the product',
    verdict: 'What a gateway is to deploy, by revision: deleted with its revision.',
    readIn: 'GatewayArtifactsMgtDAO.deleteGatewayArtifact',
  },
  {
    tables: ['AM_GW_PLATFORM_EVENT'],
    growth: 'cleaned by the product',
    verdict: 'Events for platform gateways are deleted once delivered.',
  },
  {
    tables: ['IDN_DEBUG_SESSION'],
    growth: 'cleaned by the product',
    verdict: 'The product deletes ended sessions of its debug flow.',
  },
  {
    tables: ['AM_WORKFLOWS'],
    growth: 'kept',
    verdict:
      'A row for each request that somebody approves or rejects; the product deletes one by its reference or with all APIs of an organization, and a decided one is the record of who decided.',
    readIn: 'SQLConstants',
  },
  {
    tables: ['AM_TRANSACTION_RECORDS'],
    growth: 'kept',
    verdict: 'Counts of requests by server, only added and summed up: the evidence for a bill.',
    readIn: 'TransactionCountDAO',
  },
  {
    tables: ['AM_MONETIZATION_USAGE'],
    growth: 'kept',
    verdict: 'A row for each time that usage was published to the billing system, and the state of the last one.',
    readIn: 'SQLConstants',
  },
  {
    tables: ['AM_API_LC_EVENT'],
    growth: 'kept',
    verdict: 'The history of an API that the publisher shows; it goes with its API.',
  },
  {
    tables: ['CM_RECEIPT'],
    growth: 'kept',
    verdict: 'Consents that people gave: evidence, whose retention is for lawyers to say.',
  },
  {
    tables: ['IDN_OAUTH2_USER_CONSENT', 'IDN_OAUTH2_USER_CONSENTED_SCOPES'],
    growth: 'kept',
    verdict: 'Consents in force: without them a user is asked again.',
  },
  {
    tables: ['IDN_PASSWORD_HISTORY_DATA'],
    growth: 'kept',
    verdict: 'The last passwords of each user, by which the next one is refused.',
  },
  {
    tables: ['IDN_AUTH_USER'],
    growth: 'kept',
    verdict: 'One row for each user that ever logged in; sessions and associations name it.',
  },
  {
    tables: ['IDN_SAML2_ASSERTION_STORE'],
    growth: 'kept',
    verdict: 'Assertions that were issued, if the product is configured to keep them; nothing says when one ends.',
  },
  {
    tables: ['IDN_OAUTH1A_REQUEST_TOKEN', 'IDN_OAUTH1A_ACCESS_TOKEN'],
    growth: 'kept',
    verdict: 'Tokens of OAuth 1.0a, which have no end.',
  },
  {
    tables: ['REG_RESOURCE_HISTORY', 'REG_CONTENT_HISTORY', 'REG_SNAPSHOT'],
    growth: 'kept',
    verdict:
      'Older versions of resources, written while versioning is on; any may be asked for and restored, and the product deletes a snapshot only when told, and the rest with its tenant.',
    readIn: 'removeSnapshot and the DELETEs for a tenant, in the registry',
  },
  {
    tables: ['REG_COMMENT', 'REG_RATING', 'REG_RESOURCE_COMMENT', 'REG_RESOURCE_RATING', 'REG_ASSOCIATION'],
    growth: 'kept',
    verdict: 'What users wrote and linked in the registry.',
  },
  {
    tables: ['IDN_VP_SESSION_STORE'],
    growth: 'not proven',
    verdict: 'Its rows have an end, and the product leaves those that nobody comes back for.',
  },
  {
    tables: ['REG_CONTENT', 'REG_PATH'],
    growth: 'not proven',
    verdict:
      'Contents and paths of resources, also of those that are gone: which of them nobody refers to any more was not proven, and the vendor has a script only for the metadata of SAML identity providers (saml-idp-metadata).',
  },
  {
    tables: ['AM_REVISION'],
    growth: 'bounded',
    verdict: 'Revisions of APIs: the product keeps few of each, and deletes them with the API.',
    readIn: 'SQLConstants.APIRevisionSqlConstants',
  },
  {
    tables: ['AM_APPLICATION_REGISTRATION'],
    growth: 'bounded',
    verdict: 'One row for each kind of key that an application asked for, deleted with the application.',
    readIn: 'SQLConstants',
  },
  {
    tables: ['AM_NOTIFICATION_SUBSCRIBER'],
    growth: 'bounded',
    verdict: 'Addresses that somebody entered to be told of something.',
  },
  {
    tables: ['AM_CORRELATION_CONFIGS', 'AM_CORRELATION_PROPERTIES'],
    growth: 'bounded',
    verdict: 'A switch for each component whose requests are to be traced, no row for a request.',
  },
  {
    tables: ['AM_SYSTEM_APPS', 'AM_SYSTEM_CONFIGS'],
    growth: 'bounded',
    verdict: 'One row for each application of the product itself, and one set of settings for each organization.',
  },
  {
    tables: ['FIDO_DEVICE_STORE', 'FIDO2_DEVICE_STORE'],
    growth: 'bounded',
    verdict: 'Devices by which a user logs in: the user deletes one.',
    readIn: 'FIDO2DeviceStoreDAO',
  },
  {
    tables: ['IDN_CERTIFICATE'],
    growth: 'bounded',
    verdict: 'Certificates of applications and other resources, replaced in place and deleted by their id.',
    readIn: 'SQL constants of certificate management',
  },
  {
    tables: ['IDN_ASSOCIATED_ID'],
    growth: 'bounded',
    verdict: 'Accounts of other identity providers that users linked: deleted with the user or the user store.',
    readIn: 'SQLQueries of user account association',
  },
  {
    tables: ['IDV_CLAIM', 'IDVP', 'IDVP_CLAIM_MAPPING', 'IDVP_CONFIG'],
    growth: 'bounded',
    verdict: 'Claims of users that were verified, and by whom: deleted by user.',
    readIn: 'SQL constants of identity verification',
  },
  {
    tables: ['IDN_USER_FUNCTIONALITY_MAPPING', 'IDN_USER_FUNCTIONALITY_PROPERTY'],
    growth: 'bounded',
    verdict: 'Locks of single functions, one for each user and function.',
  },
  {
    tables: ['IDN_REMOTE_FETCH_REVISIONS'],
    growth: 'bounded',
    verdict: 'The last state of each file that is fetched.',
  },
  {
    tables: ['GOV_POLICY_RUN', 'GOV_RULESET_RUN'],
    growth: 'bounded',
    verdict: 'The last result of each governance policy for each artifact.',
  },
  {
    tables: ['IDN_OAUTH_CONSUMER_APPS', 'IDN_OAUTH_CONSUMER_SECRETS', 'IDN_OIDC_PROPERTY'],
    growth: 'bounded',
    verdict: 'Applications, and their secrets, also expired ones, which an administrator sees and deletes.',
  },
  {
    tables: [
      ...['IDN_OAUTH2_RESOURCE_SCOPE', 'IDN_OAUTH2_SCOPE', 'IDN_OAUTH2_SCOPE_BINDING', 'IDN_OAUTH2_SCOPE_VALIDATORS'],
      ...['IDN_OIDC_SCOPE', 'IDN_OIDC_SCOPE_CLAIM_MAPPING', 'IDN_OAUTH2_TOKEN_CLAIMS'],
    ],
    growth: 'bounded',
    verdict: 'Scopes and claims as they were set up.',
  },
  {
    tables: ['IDP', 'IDP_METADATA', 'IDP_AUTHENTICATOR_PROPERTY'],
    growth: 'bounded',
    verdict: 'Identity providers as they were set up.',
  },
  {
    tables: ['WF_BPS_PROFILE', 'WF_WORKFLOW', 'WF_WORKFLOW_ASSOCIATION', 'WF_WORKFLOW_CONFIG_PARAM'],
    growth: 'bounded',
    verdict: 'Workflows as they were set up.',
  },
  {
    tables: ['IDN_UMA_RESOURCE', 'IDN_UMA_RESOURCE_SCOPE'],
    growth: 'bounded',
    verdict: 'Resources that their owners registered for User-Managed Access, until they remove them.',
  },
  { tables: ['REG_CLUSTER_LOCK'], growth: 'bounded', verdict: 'One row for each lock of the registry.' },
  {
    tables: ['UM_USER', 'UM_USER_ATTRIBUTE', 'UM_USER_ROLE', 'UM_ROLE', 'UM_PERMISSION', 'UM_ACCOUNT_MAPPING'],
    growth: 'not read',
    verdict: 'Users, roles and rights: they grow with the people; whether rows outlive their user was not read.',
  },
  {
    tables: ['AM_GW_INSTANCE_ENV_MAPPING', 'AM_GW_PUBLISHED_API_DETAILS', 'AM_GW_API_DEPLOYMENTS'],
    growth: 'not read',
    verdict: 'They belong to gateways, and to APIs on them; what deletes each was not read.',
  },
];
