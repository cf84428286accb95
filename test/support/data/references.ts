import type { Reference } from '../model/rows.js';

const toApp = (child: string): Reference => ({
  child,
  columns: ['CONSUMER_KEY_ID'],
  parent: 'IDN_OAUTH_CONSUMER_APPS',
  parentColumns: ['ID'],
});
const to = (child: string, column: string, parent: string, parentColumn = column): Reference => ({
  child,
  columns: [column],
  parent,
  parentColumns: [parentColumn],
});

/** The foreign keys of the newest schema, for tests of the model that need no schema file. */
export const tokenReferences: readonly Reference[] = [
  toApp('IDN_OAUTH2_ACCESS_TOKEN'),
  toApp('IDN_OAUTH2_AUTHORIZATION_CODE'),
  toApp('IDN_OAUTH2_DEVICE_FLOW'),
  toApp('IDN_OIDC_REQ_OBJECT_REFERENCE'),
  to('IDN_OAUTH2_CIBA_AUTH_CODE', 'CONSUMER_KEY', 'IDN_OAUTH_CONSUMER_APPS'),
  to('IDN_OAUTH2_ACCESS_TOKEN_SCOPE', 'TOKEN_ID', 'IDN_OAUTH2_ACCESS_TOKEN'),
  to('IDN_OAUTH2_TOKEN_BINDING', 'TOKEN_ID', 'IDN_OAUTH2_ACCESS_TOKEN'),
  to('IDN_OIDC_REQ_OBJECT_REFERENCE', 'TOKEN_ID', 'IDN_OAUTH2_ACCESS_TOKEN'),
  to('IDN_OIDC_REQ_OBJECT_REFERENCE', 'CODE_ID', 'IDN_OAUTH2_AUTHORIZATION_CODE'),
  to('IDN_OIDC_REQ_OBJECT_CLAIMS', 'REQ_OBJECT_ID', 'IDN_OIDC_REQ_OBJECT_REFERENCE', 'ID'),
  to('IDN_OIDC_REQ_OBJ_CLAIM_VALUES', 'REQ_OBJECT_CLAIMS_ID', 'IDN_OIDC_REQ_OBJECT_CLAIMS', 'ID'),
  to('IDN_OAUTH2_AUTHZ_CODE_SCOPE', 'CODE_ID', 'IDN_OAUTH2_AUTHORIZATION_CODE'),
  to('IDN_OAUTH2_CIBA_REQUEST_SCOPES', 'AUTH_CODE_KEY', 'IDN_OAUTH2_CIBA_AUTH_CODE'),
  to('IDN_OAUTH2_DEVICE_FLOW_SCOPES', 'SCOPE_ID', 'IDN_OAUTH2_DEVICE_FLOW', 'CODE_ID'),
];
