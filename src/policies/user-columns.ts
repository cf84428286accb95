/**
 * Columns of the product that say whose a row is, as its own DDL names them. If a table has several, the first counts.
 * The tables' DDL: dbscripts of https://github.com/wso2/carbon-identity-framework and https://github.com/wso2/carbon-kernel
 */
export const userColumns = [
  'AUTHZ_USER',
  'USER_NAME',
  'AUTHENTICATED_USER_NAME',
  'USER_ID',
  'REG_USER_ID',
  'REG_CREATOR',
  'CREATED_BY',
] as const;
