import type { Row } from '../model/rows.js';
import { type PlacedRow, token } from './row-factories.js';

export const ticketTable = 'IDN_UMA_PERMISSION_TICKET';
export const askedTable = 'IDN_UMA_PT_RESOURCE';
export const askedScopeTable = 'IDN_UMA_PT_RESOURCE_SCOPE';

const epoch = '2020-01-01 00:00:00';

/** A ticket that led to no token yet; the caller gives the moment of its end. */
export const ticket = (id: number, fields: Row): PlacedRow => [
  ticketTable,
  {
    ID: BigInt(id),
    PT: `ticket-${id}`,
    TIME_CREATED: epoch,
    TICKET_STATE: 'ACTIVE',
    TENANT_ID: -1234n,
    TOKEN_ID: null,
    ...fields,
  },
];

/** The resource that every ticket asks for, with its one scope. */
export const resource: readonly PlacedRow[] = [
  [
    'IDN_UMA_RESOURCE',
    {
      ID: 1n,
      RESOURCE_ID: 'photos',
      RESOURCE_NAME: 'photos',
      TIME_CREATED: epoch,
      RESOURCE_OWNER_NAME: 'someone',
      CLIENT_ID: 'key-1',
      TENANT_ID: -1234n,
      USER_DOMAIN: 'PRIMARY',
    },
  ],
  ['IDN_UMA_RESOURCE_SCOPE', { ID: 1n, RESOURCE_IDENTITY: 1n, SCOPE_NAME: 'view' }],
];

/** What a ticket asks for: the resource and its scope. */
export const asked = (id: number, ofTicket: number): readonly PlacedRow[] => [
  [askedTable, { ID: BigInt(id), PT_RESOURCE_ID: 1n, PT_ID: BigInt(ofTicket) }],
  [askedScopeTable, { ID: BigInt(id), PT_RESOURCE_ID: BigInt(id), PT_SCOPE_ID: 1n }],
];

/** A row of a token; its state is of no account here. */
export const umaToken = (id: string): PlacedRow =>
  token(id, { TIME_CREATED: epoch, GRANT_TYPE: 'urn:ietf:params:oauth:grant-type:uma-ticket' });
