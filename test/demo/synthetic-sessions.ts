import type { Client } from 'pg';

/**
 * Fills the session stores: four rows to a session, as the product saves it again and again. Ids begin with `live-` or
 * `dead-`, by how the session was made and not by any rule of deepclean; tenant 1 marks the rows that must stay.
 */
export async function fillWithSessions(client: Pick<Client, 'query'>, sessions: number): Promise<void> {
  // Of ten sessions three live: one stored a moment ago, one whose first rows have expired and whose last has not, and one
  // that was stored again after it had been deleted.
  await client.query(
    `INSERT INTO idn_auth_session_store
       (session_id, session_type, operation, session_object, time_created, tenant_id, expiry_time)
     SELECT CASE WHEN n % 10 < 7 THEN 'dead-' ELSE 'live-' END || md5('s' || n), 'AppAuthFramework',
       CASE WHEN k = 3 AND n % 10 < 4 OR k = 2 AND n % 10 = 9 THEN 'DELETE' ELSE 'STORE' END,
       decode(repeat(md5(n || '-' || k), 60), 'hex'), now_ns - (100 - k * CASE WHEN n % 10 < 7 THEN 10 ELSE 33 END) * hour_ns,
       CASE WHEN n % 10 = 7 OR n % 10 > 7 AND k = 3 THEN 1 ELSE -1 END,
       now_ns + CASE
         WHEN n % 10 < 7 THEN -30
         WHEN n % 10 = 8 AND k < 3 THEN -30
         ELSE 8 END * hour_ns
     FROM generate_series(1, $1::int) n, generate_series(0, 3) k,
       (SELECT floor(extract(epoch FROM now()))::bigint * 1000000000 AS now_ns, 3600000000000 AS hour_ns) c`,
    [sessions],
  );
  await client.query(
    `INSERT INTO idn_auth_user_session_mapping (user_id, session_id)
     SELECT DISTINCT 'user', session_id FROM idn_auth_session_store`,
  );
  await client.query(
    `INSERT INTO idn_auth_session_meta_data (session_id, property_type, value)
     SELECT DISTINCT session_id, 'User Agent', 'browser' FROM idn_auth_session_store`,
  );
  // A mapping whose session is just being saved.
  await client.query(`INSERT INTO idn_auth_user_session_mapping VALUES ('user', 'live-newborn')`);
}
