import { type Fault, fault } from '../../plant.js';

const store = 'IDN_AUTH_SESSION_STORE:';

/** Histories. */
export const ofHistories: readonly Fault[] = [
  fault('a history without its type', 'sessions', `${store} superseded`, / AND e\.SESSION_TYPE = b\.SESSION_TYPE/g, ''),
  fault(
    'an end that is older than the row',
    'sessions',
    `${store} superseded`,
    /e\.TIME_CREATED >= b\.TIME_CREATED/g,
    'e.TIME_CREATED <= b.TIME_CREATED',
  ),
  fault('rows that no end follows', 'sessions', `${store} superseded`, /DELETE b\s+FROM @dead_2[^;]*;/, ''),
  fault(
    'a reason that is written over',
    'sessions',
    `${store} expired`,
    /(UPDATE @dead_2 SET REASON = 'superseded') WHERE REASON IS NULL/,
    '$1',
  ),
  fault('an end that is none', 'sessions', `${store} superseded`, / AND e\.REASON IS NOT NULL/g, ''),
];

/** Lists of what is dead or was seen. */
export const ofLists: readonly Fault[] = [
  fault(
    'a list that lacks dead rows',
    'registry',
    'REG_LOG: the list',
    't.REG_LOG_ID < t.NEWEST',
    't.REG_LOG_ID > 1 AND t.REG_LOG_ID < t.NEWEST',
  ),
  fault(
    'a list of rows that live',
    'sessions',
    'IDN_AUTH_TEMP_SESSION_STORE: the list',
    't.EXPIRY_TIME < @expiry_cut_off_ns',
    't.EXPIRY_TIME > @expiry_cut_off_ns',
  ),
  fault(
    'the newest of another tenant',
    'registry',
    'REG_LOG: the list',
    /(OVER \(PARTITION BY n\.REG_PATH \+ N'\.' COLLATE Latin1_General_BIN2), n\.REG_TENANT_ID/,
    '$1',
  ),
  fault(
    'a sighting of what something keeps',
    'sessions',
    'IDN_AUTH_USER_SESSION_MAPPING: seen',
    /(SELECT DISTINCT t\.SESSION_ID, @started\s+FROM dbo\.IDN_AUTH_USER_SESSION_MAPPING AS t\s+WHERE) NOT EXISTS/,
    '$1 EXISTS',
  ),
];
