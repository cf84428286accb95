/**
 * Text columns of the product that hold no secret, whatever table they are in: names, states, kinds, and numbers of rows. An
 * audit keeps these as they are. Any other text is a secret to it, also in a column that a later version of the product adds:
 * tokens, codes, nonces, session ids (that of IDN_AUTH_SESSION_STORE is made of the cookie), values of properties, and paths and
 * names of the registry, some of which are confirmation codes.
 *
 * Chosen by name from the tables that are cleaned, in the profiles of src/schema/profiles, which hold the product's DDL.
 */
export const openColumns: ReadonlySet<string> = new Set([
  // Who
  ...['AUTHZ_USER', 'AUTHENTICATED_USER_NAME', 'USER_NAME', 'USER_ID', 'USER_DOMAIN', 'USER_STORE_DOMAIN', 'USER_TYPE'],
  ...['SUBJECT', 'SUBJECT_IDENTIFIER', 'REG_USER_ID', 'REG_CREATOR', 'REG_LAST_UPDATOR', 'CREATED_BY', 'ENTITY_NAME'],
  // Of which application, organization or identity provider
  ...['CONSUMER_KEY', 'CLIENT_ID', 'ORGANIZATION', 'IDP_NAME', 'AUTHENTICATOR_ID', 'INBOUND_AUTH_TYPE'],
  // Numbers of rows, by which nobody is let in
  ...[
    'TOKEN_ID',
    'CODE_ID',
    'AUTH_CODE_KEY',
    'SCOPE_ID',
    'UUID',
    'EVENT_ID',
    'RELATIONSHIP_ID',
    'REQUEST_ID',
    'WORKFLOW_ID',
  ],
  // What it was, and in which state
  ...[
    'TOKEN_STATE',
    'TOKEN_STATE_ID',
    'STATE',
    'STATUS',
    'AUTH_REQ_STATUS',
    'OPERATION',
    'OPERATION_TYPE',
    'SCENARIO',
    'STEP',
  ],
  ...['GRANT_TYPE', 'TOKEN_TYPE', 'TOKEN_BINDING_TYPE', 'SESSION_TYPE', 'PROPERTY_TYPE', 'ENTITY_TYPE', 'TYPE'],
  ...['TOKEN_SCOPE', 'TOKEN_SCOPE_HASH', 'SCOPE', 'CONSENTED_TOKEN', 'PKCE_CODE_CHALLENGE_METHOD'],
  ...['CLAIM_ATTRIBUTE', 'ESSENTIAL', 'IS_USERINFO', 'REG_MEDIA_TYPE', 'REG_TAG_NAME'],
]);
