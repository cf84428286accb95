import type { ConformanceCase } from '../case-types.js';
import { code, codeScope, newestToken } from '../row-factories.js';
import { cibaCode, cibaScope, deviceCode, deviceScope } from '../sibling-factories.js';
import { after, before } from '../span.js';

/** Scopes of codes, of CIBA codes and of device codes, each by its own foreign key. */
export const scopeCases: readonly ConformanceCase[] = [
  {
    name: 'deletes the scopes of a dead code and keeps those of a living one',
    needs: { tables: ['IDN_OAUTH2_AUTHZ_CODE_SCOPE'] },
    rows: (m) => [
      newestToken(m.utcNow),
      code('dead', { TIME_CREATED: before(m.utcNow, {}), STATE: 'INACTIVE' }),
      code('live', { TIME_CREATED: before(m.utcNow, {}) }),
      codeScope('dead', 'a'),
      codeScope('dead', 'b'),
      codeScope('live', 'a'),
    ],
    survivors: { IDN_OAUTH2_AUTHORIZATION_CODE: ['live'], IDN_OAUTH2_AUTHZ_CODE_SCOPE: ['live/a'] },
  },
  {
    name: 'deletes the scopes of a finished CIBA code and keeps the others',
    needs: { tables: ['IDN_OAUTH2_CIBA_AUTH_CODE', 'IDN_OAUTH2_CIBA_REQUEST_SCOPES'] },
    rows: (m) => [
      newestToken(m.utcNow),
      cibaCode('dead', { ISSUED_TIME: before(m.utcNow, {}), AUTH_REQ_STATUS: 'FAILED' }),
      cibaCode('live', { ISSUED_TIME: before(m.utcNow, {}) }),
      ...[cibaScope(1n, 'dead'), cibaScope(2n, 'dead'), cibaScope(3n, 'live'), cibaScope(4n, null)],
    ],
    survivors: { IDN_OAUTH2_CIBA_AUTH_CODE: ['live'], IDN_OAUTH2_CIBA_REQUEST_SCOPES: ['3', '4'] },
  },
  {
    name: 'deletes the scopes of a dead device code by its CODE_ID and keeps the others',
    needs: { tables: ['IDN_OAUTH2_DEVICE_FLOW', 'IDN_OAUTH2_DEVICE_FLOW_SCOPES'] },
    rows: (m) => [
      newestToken(m.utcNow),
      deviceCode('dead', { STATUS: 'EXPIRED', EXPIRY_TIME: after(m.utcNow, {}) }),
      deviceCode('dead-without-id', { STATUS: 'EXPIRED', EXPIRY_TIME: after(m.utcNow, {}), CODE_ID: null }),
      deviceCode('live', { EXPIRY_TIME: after(m.utcNow, { minutes: 5 }) }),
      ...[
        deviceScope(1n, 'code-of-dead'),
        deviceScope(2n, 'code-of-dead'),
        deviceScope(3n, 'code-of-live'),
        deviceScope(4n, null),
      ],
    ],
    survivors: { IDN_OAUTH2_DEVICE_FLOW: ['live'], IDN_OAUTH2_DEVICE_FLOW_SCOPES: ['3', '4'] },
  },
];
