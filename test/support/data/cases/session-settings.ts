import type { ScenarioCase, Settings } from '../../scenario/scenario.js';
import { mappings, mappingsLeft, type SessionRow, session, sessionStore } from '../auth-session-rows.js';

/** A dead and a live row beside a moved cut-off, each a session of its own. */
const moved = (name: string, settings: Settings, dead: SessionRow, live: SessionRow): ScenarioCase => ({
  name,
  settings,
  rows: (m) => [...session(m, 'dead', dead), ...session(m, 'live', live), ...mappings('dead/alice', 'live/alice')],
  survivors: { [sessionStore]: ['live/1'], ...mappingsLeft('live/alice') },
});

const created = { days: 5 };
const operation = 'DELETE';

/** Each setting moves its own cut-off and no other. */
export const sessionSettingCases: readonly ScenarioCase[] = [
  moved(
    'keeps expired sessions for a longer grace when that is set',
    { expiry_grace_minutes: 600 },
    { created, expired: { minutes: 615 } },
    { created, expired: { minutes: 570 } },
  ),
  moved(
    'deletes a session that expired a quarter of an hour ago when the grace is a minute',
    { expiry_grace_minutes: 1 },
    { created, expired: { minutes: 16 } },
    { created, expiresIn: { minutes: 15 } },
  ),
  moved(
    'keeps expired sessions for a year when the grace is the longest',
    { expiry_grace_minutes: 525_600 },
    { created: { days: 500 }, expired: { days: 365, minutes: 15 } },
    { created: { days: 500 }, expired: { days: 364 } },
  ),
  moved(
    'deletes a session without an EXPIRY_TIME after a day when that is set',
    { session_age_days: 1 },
    { created: { days: 1, minutes: 15 }, expiry: null },
    { created: { hours: 23, minutes: 30 }, expiry: 0n },
  ),
  moved(
    'keeps a session without an EXPIRY_TIME for ten years when that is set',
    { session_age_days: 3650 },
    { created: { days: 3650, minutes: 15 }, expiry: -1n },
    { created: { days: 3649 }, expiry: null },
  ),
  moved(
    'deletes a DELETE row after an hour when that is set',
    { deleted_after_hours: 1 },
    { created: { hours: 1, minutes: 15 }, operation },
    { created: { minutes: 30 }, operation },
  ),
  moved(
    'keeps a DELETE row for a year when that is set',
    { deleted_after_hours: 8760 },
    { created: { hours: 8760, minutes: 15 }, operation, expiry: 2n ** 62n },
    { created: { hours: 8759 }, operation, expiry: 2n ** 62n },
  ),
  {
    name: 'measures each kind of ending by its own setting',
    settings: { expiry_grace_minutes: 6000, session_age_days: 30, deleted_after_hours: 48 },
    rows: (m) => [
      ...session(m, 'expired', { created, expired: { hours: 3 } }),
      ...session(m, 'aged', { created: { days: 29 }, expiry: null }),
      ...session(m, 'deleted', { created: { hours: 47 }, operation }),
      ...session(m, 'expired-long-ago', { created: { days: 9 }, expired: { minutes: 6015 } }),
      ...session(m, 'aged-long', { created: { days: 31 }, expiry: null }),
      ...session(m, 'deleted-long-ago', { created: { hours: 49 }, operation }),
    ],
    survivors: { [sessionStore]: ['aged/1', 'deleted/1', 'expired/1'] },
  },
];
