import {
  all,
  any,
  before,
  isNotNull,
  listed,
  moreThan,
  noRow,
  noRowIfThere,
  noRowLeft,
  oneOf,
  periodOver,
  unless,
} from '../policy/build.js';
import type { Policy } from '../policy/types.js';
import { noWords } from '../policy/word-list.js';
import { grace } from './grace.js';
import { ended, expiredState, finishedStates, safePeriod, unfinishedStates } from './token-rules.js';

const accessPeriodOver = ended('TIME_CREATED', 'VALIDITY_PERIOD');
const refreshPeriodOver = ended('REFRESH_TOKEN_TIME_CREATED', 'REFRESH_TOKEN_VALIDITY_PERIOD');

/** What the product keeps of a request object, which belongs to a token or to the code that led to it. */
const requestObjects = ['IDN_OIDC_REQ_OBJECT_REFERENCE', 'IDN_OIDC_REQ_OBJECT_CLAIMS', 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES'];

/**
 * A refresh leaves the old token INACTIVE and then, in a transaction of its own, gives its request object to the new one:
 * RequestObjectHandler.postRefreshToken, https://github.com/wso2-extensions/identity-inbound-auth-oauth
 */
const requestObjectHasMoved = any(
  unless(oneOf('TOKEN_STATE', 'INACTIVE')),
  refreshPeriodOver,
  noRowLeft('IDN_OIDC_REQ_OBJECT_REFERENCE', { TOKEN_ID: 'TOKEN_ID' }),
);

/** Access tokens, authorization codes, CIBA codes, device flow codes and, when asked for, the token audit trail. */
export const tokens: Policy = {
  name: 'tokens',
  title: 'dead access tokens and the codes that led to them',
  parameters: [
    safePeriod,
    {
      kind: 'list',
      name: 'access_period_grants',
      default: noWords,
      description: 'Grants that hand out no refresh token: their ACTIVE or EXPIRED tokens die with the access period',
    },
    {
      kind: 'word',
      name: 'audit_pruning',
      default: 'no',
      allowed: ['yes', 'no'],
      description: 'yes: rows of the token audit table are deleted after audit_retention_days',
    },
    {
      kind: 'number',
      name: 'audit_retention_days',
      unit: 'days',
      default: 90,
      minimum: 1,
      maximum: 36_500,
      description: 'How long a row of the token audit table is kept when audit_pruning is on',
    },
  ],
  cutOffs: [
    {
      name: 'cut_off',
      clock: 'unknown',
      less: { parameter: 'safe_period_minutes' },
      meaning: 'UTC now, less the uncertainty of timestamps and the safe period',
    },
    grace,
    {
      name: 'audit_cut_off',
      clock: 'unknown',
      less: { parameter: 'audit_retention_days' },
      meaning: 'UTC now, less the uncertainty of timestamps and the retention of the audit trail',
    },
  ],
  steps: [
    {
      table: 'IDN_OAUTH2_ACCESS_TOKEN',
      stamp: 'TIME_CREATED',
      guard: requestObjectHasMoved,
      // Not all of these cascade: on SQL Server the keys of request objects do not.
      children: [
        'IDN_OAUTH2_ACCESS_TOKEN_SCOPE',
        'IDN_OAUTH2_ACCESS_TOKEN_ATTRIBUTES',
        'IDN_OAUTH2_ACCESS_TOKEN_AUTHORIZATION_DETAILS',
        'IDN_OAUTH2_ACCESS_TOKEN_EXTENDED',
        'IDN_OAUTH2_TOKEN_BINDING',
        ...requestObjects,
      ],
      reasons: [
        ...finishedStates,
        {
          name: 'expired',
          meaning: 'its state is EXPIRED, and its refresh period ended before the cut-off',
          when: all(expiredState, refreshPeriodOver),
        },
        {
          name: 'periods_over',
          meaning: 'it is ACTIVE or GRACEFULLY_ROTATED, and its access and refresh periods ended before the cut-off',
          when: all(unfinishedStates, accessPeriodOver, refreshPeriodOver),
        },
        {
          name: 'access_period_over',
          meaning:
            'it is ACTIVE or EXPIRED, its grant is in access_period_grants, and its access period is over (opt-in)',
          ifColumn: 'GRANT_TYPE',
          when: all(
            oneOf('TOKEN_STATE', 'ACTIVE', 'EXPIRED'),
            listed('GRANT_TYPE', 'access_period_grants'),
            accessPeriodOver,
          ),
        },
      ],
    },
    {
      table: 'IDN_OAUTH2_AUTHORIZATION_CODE',
      stamp: 'TIME_CREATED',
      // A request object names the code and, after a refresh, the newest of its tokens. It would go with the code.
      guard: all(
        noRow('IDN_OAUTH2_ACCESS_TOKEN', { TOKEN_ID: 'TOKEN_ID' }),
        noRowIfThere('IDN_OIDC_REQ_OBJECT_REFERENCE', { CODE_ID: 'CODE_ID' }, isNotNull('TOKEN_ID')),
      ),
      children: [
        'IDN_OAUTH2_AUTHZ_CODE_SCOPE',
        'IDN_OAUTH2_AUTHZ_CODE_AUTHORIZATION_DETAILS',
        'IDN_OAUTH2_AUTHZ_CODE_ACTOR',
        ...requestObjects,
      ],
      reasons: [
        { name: 'inactive', meaning: 'its state is INACTIVE', when: oneOf('STATE', 'INACTIVE') },
        {
          name: 'period_over',
          meaning: 'its validity ended before the cut-off',
          when: ended('TIME_CREATED', 'VALIDITY_PERIOD'),
        },
      ],
    },
    {
      table: 'IDN_OAUTH2_CIBA_AUTH_CODE',
      stamp: 'ISSUED_TIME',
      children: ['IDN_OAUTH2_CIBA_REQUEST_SCOPES'],
      reasons: [
        {
          name: 'finished',
          meaning: 'its request is EXPIRED, TOKEN_ISSUED or FAILED',
          when: oneOf('AUTH_REQ_STATUS', 'EXPIRED', 'TOKEN_ISSUED', 'FAILED'),
        },
        {
          name: 'period_over',
          meaning: 'its validity ended over 24 h ago',
          when: all(moreThan('EXPIRES_IN', 0), periodOver('ISSUED_TIME', 'EXPIRES_IN', 'seconds', 'grace_cut_off')),
        },
      ],
    },
    {
      table: 'IDN_OAUTH2_DEVICE_FLOW',
      stamp: 'TIME_CREATED',
      children: ['IDN_OAUTH2_DEVICE_FLOW_SCOPES'],
      reasons: [
        { name: 'expired', meaning: 'its status is EXPIRED', when: oneOf('STATUS', 'EXPIRED') },
        { name: 'period_over', meaning: 'it ended over 24 h ago', when: before('EXPIRY_TIME', 'grace_cut_off') },
      ],
    },
    {
      table: 'IDN_OAUTH2_ACCESS_TOKEN_AUDIT',
      stamp: 'INVALIDATED_TIME',
      enabledBy: 'audit_pruning',
      reasons: [
        {
          name: 'retention_over',
          meaning: 'it was invalidated before the retention began',
          when: before('INVALIDATED_TIME', 'audit_cut_off'),
        },
      ],
    },
  ],
};
