import type { Dialect } from '../../../src/dialects/dialect.js';
import { loadProfile, profileNames } from '../../../src/dialects/profiles.js';
import { findDialect } from '../../../src/dialects/registry.js';
import type { Column, ForeignKey, Schema, Table } from '../../../src/schema/types.js';
import { inWordsOf } from './in-words-of.js';

const mysql = findDialect('mysql');

/** `NAME type`, with `!` behind a type that refuses NULL. */
function columns(text: string): readonly Column[] {
  return text.split(',').map((part) => {
    const [name = '', type = ''] = part.trim().split(' ');
    const plain = type.replace('!', '');
    return { name, type: plain, family: mysql.expressions.family(plain), nullable: !type.endsWith('!') };
  });
}

const cascade = (column: string, references: string, referenced: string): ForeignKey => ({
  columns: [column],
  references,
  referencedColumns: [referenced],
  onDelete: 'CASCADE',
});

const table = (name: string, text: string, primaryKey: string, more: Partial<Table> = {}): Table => ({
  name,
  columns: columns(text),
  primaryKey: primaryKey.split(' ').filter((column) => column !== ''),
  foreignKeys: [],
  indexes: [],
  ...more,
});

/** Tables of versions that no profile holds, as the product's newest scripts make them. */
const later: readonly Table[] = [
  table(
    'IDN_RECOVERY_FLOW_DATA',
    'RECOVERY_FLOW_ID varchar(255)!, CODE varchar(255), FAILED_ATTEMPTS int!, RESEND_COUNT int!, TIME_CREATED timestamp!',
    'RECOVERY_FLOW_ID',
  ),
  table(
    'IDN_RECOVERY_DATA',
    'USER_NAME varchar(255)!, USER_DOMAIN varchar(127)!, TENANT_ID int!, CODE varchar(255)!, SCENARIO varchar(255)!, STEP varchar(127)!, TIME_CREATED timestamp!, REMAINING_SETS varchar(2500), RECOVERY_FLOW_ID varchar(255)',
    'USER_NAME USER_DOMAIN TENANT_ID SCENARIO STEP',
    { foreignKeys: [cascade('RECOVERY_FLOW_ID', 'IDN_RECOVERY_FLOW_DATA', 'RECOVERY_FLOW_ID')] },
  ),
  table(
    'IDN_OAUTH_PAR',
    'REQ_URI_REF varchar(255)!, CLIENT_ID varchar(255)!, SCHEDULED_EXPIRY bigint!, PARAMETERS mediumtext',
    'REQ_URI_REF',
  ),
  table(
    'IDN_OAUTH2_REFRESH_TOKEN',
    'REFRESH_TOKEN_ID varchar(255)!, REFRESH_TOKEN varchar(2048), CONSUMER_KEY_ID int, AUTHZ_USER varchar(100), TENANT_ID int, REFRESH_TOKEN_TIME_CREATED timestamp!, REFRESH_TOKEN_VALIDITY_PERIOD bigint, TOKEN_STATE varchar(25), IDP_ID int!',
    'REFRESH_TOKEN_ID',
    { foreignKeys: [cascade('CONSUMER_KEY_ID', 'IDN_OAUTH_CONSUMER_APPS', 'ID')] },
  ),
  table(
    'IDN_OAUTH2_REFRESH_TOKEN_SCOPE',
    'REFRESH_TOKEN_ID varchar(255)!, TOKEN_SCOPE varchar(255)!, TENANT_ID int',
    'REFRESH_TOKEN_ID TOKEN_SCOPE',
    { foreignKeys: [cascade('REFRESH_TOKEN_ID', 'IDN_OAUTH2_REFRESH_TOKEN', 'REFRESH_TOKEN_ID')] },
  ),
  table(
    'IDN_OAUTH2_REFRESH_TOKEN_BINDING',
    'REFRESH_TOKEN_ID varchar(255)!, TOKEN_BINDING_TYPE varchar(32)!, TOKEN_BINDING_REF varchar(32)!, TOKEN_BINDING_VALUE varchar(1024)!, TENANT_ID int',
    'REFRESH_TOKEN_ID TOKEN_BINDING_TYPE',
    { foreignKeys: [cascade('REFRESH_TOKEN_ID', 'IDN_OAUTH2_REFRESH_TOKEN', 'REFRESH_TOKEN_ID')] },
  ),
  table(
    'IDN_OAUTH2_REVOKED_TOKENS',
    'UUID varchar(255)!, TOKEN_IDENTIFIER varchar(2048)!, CONSUMER_KEY varchar(255)!, TIME_CREATED timestamp!, EXPIRY_TIMESTAMP timestamp!',
    'UUID',
  ),
  table(
    'IDN_APP_REVOKED_EVENT',
    'EVENT_ID varchar(255)!, CONSUMER_KEY varchar(255)!, TIME_REVOKED timestamp!, ORGANIZATION varchar(100)',
    'EVENT_ID',
    { indexes: [{ name: 'CON_APP_EVT_KEY', unique: true, columns: ['CONSUMER_KEY', 'ORGANIZATION'] }] },
  ),
  table(
    'AM_APP_REVOKED_EVENT',
    'CONSUMER_KEY varchar(255)!, TIME_REVOKED timestamp!, ORGANIZATION varchar(100)!',
    'CONSUMER_KEY ORGANIZATION',
  ),
  table(
    'AM_SUBJECT_ENTITY_REVOKED_EVENT',
    'ENTITY_ID varchar(255)!, ENTITY_TYPE varchar(100)!, TIME_REVOKED timestamp!, ORGANIZATION varchar(100)!',
    'ENTITY_ID ENTITY_TYPE ORGANIZATION',
  ),
  table(
    'AM_WEBHOOKS_SUBSCRIPTION',
    'WH_SUBSCRIPTION_ID int!, API_UUID varchar(255)!, APPLICATION_ID varchar(20)!, TENANT_DOMAIN varchar(255)!, HUB_CALLBACK_URL varchar(1024)!, HUB_TOPIC varchar(255)!, HUB_SECRET varchar(2048), HUB_LEASE_SECONDS int, UPDATED_AT timestamp!, EXPIRY_AT bigint, DELIVERED_AT timestamp, DELIVERY_STATE int',
    'WH_SUBSCRIPTION_ID',
  ),
  table(
    'AM_WEBHOOKS_UNSUBSCRIPTION',
    'API_UUID varchar(255)!, APPLICATION_ID varchar(20)!, TENANT_DOMAIN varchar(255)!, HUB_CALLBACK_URL varchar(1024)!, HUB_TOPIC varchar(255)!, HUB_SECRET varchar(2048), HUB_LEASE_SECONDS int, ADDED_AT timestamp!',
    '',
  ),
  table(
    'AM_REVISION',
    'ID int!, API_UUID varchar(255)!, REVISION_UUID varchar(255)!, DESCRIPTION varchar(255), CREATED_TIME timestamp, CREATED_BY varchar(255)',
    'ID API_UUID',
    { indexes: [{ name: 'AM_REVISION_UUID', unique: true, columns: ['REVISION_UUID'] }] },
  ),
  table('AM_API_REVISION_METADATA', 'API_UUID varchar(64), REVISION_UUID varchar(64), API_TIER varchar(128)', '', {
    indexes: [{ name: 'AM_API_REVISION_METADATA_UUID', unique: true, columns: ['API_UUID', 'REVISION_UUID'] }],
  }),
  table(
    'IDN_FLOW_CONTEXT_STORE',
    'ID varchar(255)!, TENANT_ID int!, FLOW_TYPE varchar(100)!, FLOW_STATE_JSON longtext!, CREATED_AT timestamp!, EXPIRES_AT timestamp!',
    'ID',
  ),
  table(
    'IDN_UMA_RESOURCE',
    'ID int!, RESOURCE_ID varchar(255), RESOURCE_NAME varchar(255), TIME_CREATED timestamp!, RESOURCE_OWNER_NAME varchar(255), CLIENT_ID varchar(255), TENANT_ID int, USER_DOMAIN varchar(50)',
    'ID',
  ),
  table('IDN_UMA_RESOURCE_SCOPE', 'ID int!, RESOURCE_IDENTITY int!, SCOPE_NAME varchar(255)', 'ID', {
    foreignKeys: [cascade('RESOURCE_IDENTITY', 'IDN_UMA_RESOURCE', 'ID')],
  }),
  table(
    'IDN_UMA_PERMISSION_TICKET',
    'ID int!, PT varchar(255)!, TIME_CREATED timestamp!, EXPIRY_TIME timestamp!, TICKET_STATE varchar(25), TENANT_ID int, TOKEN_ID varchar(255)',
    'ID',
    { indexes: [{ name: 'IDX_PT', unique: false, columns: ['PT'] }] },
  ),
  table('IDN_UMA_PT_RESOURCE', 'ID int!, PT_RESOURCE_ID int!, PT_ID int!', 'ID', {
    foreignKeys: [
      cascade('PT_ID', 'IDN_UMA_PERMISSION_TICKET', 'ID'),
      cascade('PT_RESOURCE_ID', 'IDN_UMA_RESOURCE', 'ID'),
    ],
  }),
  table('IDN_UMA_PT_RESOURCE_SCOPE', 'ID int!, PT_RESOURCE_ID int!, PT_SCOPE_ID int!', 'ID', {
    foreignKeys: [
      cascade('PT_RESOURCE_ID', 'IDN_UMA_PT_RESOURCE', 'ID'),
      cascade('PT_SCOPE_ID', 'IDN_UMA_RESOURCE_SCOPE', 'ID'),
    ],
  }),
  table(
    'IDN_ORG_USER_INVITATION',
    'ID int!, INVITATION_ID varchar(40)!, CONFIRMATION_CODE varchar(40)!, USER_NAME varchar(254)!, DOMAIN_NAME varchar(254)!, EMAIL varchar(254)!, USER_ORG_ID varchar(254)!, INVITED_ORG_ID varchar(254)!, USER_REDIRECT_URL varchar(1024)!, STATUS varchar(10)!, CREATED_AT timestamp!, EXPIRED_AT timestamp!',
    'INVITATION_ID',
  ),
  table(
    'IDN_ORG_USER_INVITE_ASSIGNMENT',
    'ID int!, INVITATION_ID varchar(40)!, ASSIGNMENT_ID varchar(255)!, ASSIGNMENT_TYPE varchar(255)!',
    'INVITATION_ID ASSIGNMENT_ID ASSIGNMENT_TYPE',
    { foreignKeys: [cascade('INVITATION_ID', 'IDN_ORG_USER_INVITATION', 'INVITATION_ID')] },
  ),
  table('IDN_VC_NONCE', 'TENANT_ID int!, NONCE varchar(255)!, EXPIRY_TIME timestamp!', 'TENANT_ID NONCE', {
    indexes: [{ name: 'IDX_IDN_VC_NONCE_EXPIRY_TIME', unique: false, columns: ['EXPIRY_TIME'] }],
  }),
  table(
    'WF_WORKFLOW_APPROVAL_RELATION',
    'TASK_ID varchar(45)!, EVENT_ID varchar(45)!, WORKFLOW_ID varchar(45)!, APPROVER_TYPE varchar(45)!, APPROVER_NAME varchar(255)!, TASK_STATUS varchar(255)',
    'TASK_ID APPROVER_TYPE APPROVER_NAME',
    { foreignKeys: [cascade('EVENT_ID', 'WF_REQUEST', 'UUID'), cascade('WORKFLOW_ID', 'WF_WORKFLOW', 'ID')] },
  ),
  table(
    'IDN_ACTION',
    'UUID char(36)!, TYPE varchar(50)!, NAME varchar(255)!, STATUS varchar(10)!, TENANT_ID int!, CREATED_AT timestamp, UPDATED_AT timestamp',
    'UUID',
  ),
  table(
    'IDN_ACTION_PROPERTIES',
    'ACTION_UUID char(36)!, PROPERTY_NAME varchar(100)!, PROPERTY_VALUE varchar(1024), TENANT_ID int!',
    'ACTION_UUID PROPERTY_NAME',
    { foreignKeys: [cascade('ACTION_UUID', 'IDN_ACTION', 'UUID')] },
  ),
  table(
    'IDP_AUTHENTICATOR_PROPERTY',
    'ID int!, TENANT_ID int, AUTHENTICATOR_ID int, PROPERTY_KEY varchar(255)!, PROPERTY_VALUE varchar(2047), IS_SECRET char(1)',
    'ID',
  ),
];

/** Every table that some version of the product has, in the words of a dialect: what no profile alone holds. */
export function completeSchema(dialectName: string): Schema {
  const dialect = findDialect(dialectName);
  const newest = loadProfile('apim-4.5', mysql);
  const names = new Set(later.map(({ name }) => name));
  const schema: Schema = {
    ...newest,
    source: 'every table of every version',
    tables: [...newest.tables.filter(({ name }) => !names.has(name)), ...later],
  };
  if (dialect.templates === mysql.templates) return { ...schema, dialect: dialect.name };
  return inWordsOf(dialect, schema, numberedColumns(dialect));
}

/** `TABLE.COLUMN` of all that the vendor's own scripts let the server number. */
function numberedColumns(dialect: Dialect): ReadonlySet<string> {
  const tables = profileNames(dialect).flatMap((name) => loadProfile(name, dialect).tables);
  return new Set(
    tables.flatMap(({ name, columns }) =>
      columns.filter(({ identityAlways }) => identityAlways).map((column) => `${name}.${column.name}`),
    ),
  );
}
