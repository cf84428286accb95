import type { ConformanceCase, Moment } from '../case-types.js';
import {
  code,
  hourMilliseconds,
  newestToken,
  type PlacedRow,
  token,
  tokenBinding,
  tokenScope,
} from '../row-factories.js';
import { claimValue, requestClaim, requestObject } from '../sibling-factories.js';
import { before } from '../span.js';

const parents = (m: Moment): readonly PlacedRow[] => [
  newestToken(m.utcNow),
  token('dead', { TIME_CREATED: before(m.utcNow, { minutes: 5 }), TOKEN_STATE: 'REVOKED' }),
  token('live', { TIME_CREATED: before(m.utcNow, { minutes: 5 }) }),
];
const codes = (m: Moment): readonly PlacedRow[] => [
  code('dead', { TIME_CREATED: before(m.utcNow, {}), STATE: 'INACTIVE' }),
  code('live', { TIME_CREATED: before(m.utcNow, {}) }),
];
const tokens = { IDN_OAUTH2_ACCESS_TOKEN: ['newest', 'live'] };
const codesLeft = { IDN_OAUTH2_AUTHORIZATION_CODE: ['live'] };
const scopes = 'IDN_OAUTH2_ACCESS_TOKEN_SCOPE';
const bindings = 'IDN_OAUTH2_TOKEN_BINDING';
const objects = 'IDN_OIDC_REQ_OBJECT_REFERENCE';
const claims = 'IDN_OIDC_REQ_OBJECT_CLAIMS';
const values = 'IDN_OIDC_REQ_OBJ_CLAIM_VALUES';
const requestTables = [objects, claims, values];

/** A request object with two claims of two values each, numbered from its own number. */
const requestTree = (id: bigint, of: { token?: string; code?: string }): readonly PlacedRow[] => [
  requestObject(id, of),
  ...[id * 10n, id * 10n + 1n].flatMap((claim) => [
    requestClaim(claim, id),
    claimValue(claim * 10n, claim),
    claimValue(claim * 10n + 1n, claim),
  ]),
];

/** What goes with its parent, and what stays. */
export const childCases: readonly ConformanceCase[] = [
  {
    name: 'deletes the scopes of a dead token and keeps those of a living one',
    needs: { tables: [scopes] },
    rows: (m) => [
      ...parents(m),
      ...['dead', 'live'].flatMap((id) => ['a', 'b', 'c'].map((scope) => tokenScope(id, scope))),
    ],
    survivors: { ...tokens, [scopes]: ['live/a', 'live/b', 'live/c'] },
  },
  {
    name: 'deletes the bindings of a dead token and keeps those of a living one and of none',
    needs: { tables: [bindings] },
    rows: (m) => [...parents(m), tokenBinding('dead', 'v1'), tokenBinding('live', 'v2'), tokenBinding(null, 'v3')],
    survivors: { ...tokens, [bindings]: ['/v3', 'live/v2'] },
  },
  {
    name: 'deletes a request object with its claims and their values when its token or its code dies',
    needs: { tables: requestTables },
    rows: (m) => [
      ...parents(m),
      ...codes(m),
      ...requestTree(1n, { token: 'dead' }),
      ...requestTree(2n, { token: 'live' }),
      ...requestTree(3n, { code: 'dead' }),
      ...requestTree(4n, { code: 'live' }),
    ],
    survivors: {
      ...tokens,
      ...codesLeft,
      [objects]: ['2', '4'],
      [claims]: ['20', '21', '40', '41'],
      [values]: ['200', '201', '210', '211', '400', '401', '410', '411'],
    },
  },
  {
    name: 'keeps a code as long as its request object names a token that lives, and the object with it',
    needs: { tables: requestTables },
    rows: (m) => [
      ...parents(m),
      ...codes(m),
      ...requestTree(1n, { token: 'dead', code: 'live' }),
      ...requestTree(2n, { token: 'live', code: 'dead' }),
      ...requestTree(3n, { token: 'dead', code: 'dead' }),
      ...requestTree(4n, { token: 'live', code: 'live' }),
    ],
    survivors: {
      ...tokens,
      IDN_OAUTH2_AUTHORIZATION_CODE: ['dead', 'live'],
      [objects]: ['2', '4'],
      [claims]: ['20', '21', '40', '41'],
      [values]: ['200', '201', '210', '211', '400', '401', '410', '411'],
    },
  },
  {
    name: 'keeps an INACTIVE token whose request object may be about to move to the next token',
    needs: { tables: requestTables },
    rows: (m) => {
      const since = (hours: number) => ({
        TOKEN_STATE: 'INACTIVE',
        TIME_CREATED: before(m.utcNow, { hours }),
        VALIDITY_PERIOD: hourMilliseconds,
        REFRESH_TOKEN_VALIDITY_PERIOD: 20n * hourMilliseconds,
      });
      return [
        newestToken(m.utcNow),
        token('refreshed', since(1)),
        token('without object', since(1)),
        token('refresh period over', since(40)),
        token('never over', { ...since(40), REFRESH_TOKEN_VALIDITY_PERIOD: -1n }),
        ...requestTree(1n, { token: 'refreshed' }),
        ...requestTree(2n, { token: 'refresh period over' }),
        requestObject(3n, { token: 'never over' }),
      ];
    },
    survivors: {
      IDN_OAUTH2_ACCESS_TOKEN: ['newest', 'refreshed', 'never over'],
      [objects]: ['1', '3'],
      [claims]: ['10', '11'],
      [values]: ['100', '101', '110', '111'],
    },
  },
  {
    name: 'keeps request objects that hang on neither, and claims and values without a parent',
    needs: { tables: requestTables },
    rows: (m) => [...parents(m), ...requestTree(1n, {}), requestClaim(50n, null), claimValue(60n, null)],
    survivors: {
      ...tokens,
      [objects]: ['1'],
      [claims]: ['10', '11', '50'],
      [values]: ['100', '101', '110', '111', '60'],
    },
  },
  {
    name: 'keeps orphans: scopes, bindings, request objects, claims and values whose parent is missing',
    needs: { tables: [scopes, ...requestTables], orphans: true },
    rows: (m) => [
      ...parents(m),
      tokenScope('missing', 'a'),
      tokenScope('dead', 'a'),
      tokenBinding('missing', 'v'),
      requestObject(1n, { token: 'missing' }),
      requestObject(2n, { code: 'missing' }),
      requestClaim(10n, 999n),
      claimValue(100n, 999n),
    ],
    survivors: {
      ...tokens,
      [scopes]: ['missing/a'],
      [bindings]: ['missing/v'],
      [objects]: ['1', '2'],
      [claims]: ['10'],
      [values]: ['100'],
    },
  },
];
