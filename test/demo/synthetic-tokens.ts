import type { Client } from 'pg';

/**
 * Fills the identity tables. Names of keys begin with `live-` or `dead-`, by how the row was made and not by any rule of
 * deepclean, so that they can tell afterwards who is missing.
 */
export async function fillWithTokens(client: Pick<Client, 'query'>, tokens: number): Promise<void> {
  await client.query(
    `INSERT INTO idn_oauth_consumer_apps (id, consumer_key) SELECT n, 'app-' || n FROM generate_series(1, 20) n`,
  );
  // Of ten tokens three are revoked, one is inactive, one expired, two are long over; three live: fresh, without an end,
  // or over but with a refresh token that is not.
  await client.query(
    `INSERT INTO idn_oauth2_access_token (token_id, access_token, refresh_token, consumer_key_id, authz_user, tenant_id,
       user_domain, user_type, grant_type, time_created, refresh_token_time_created, validity_period,
       refresh_token_validity_period, token_scope_hash, token_state, token_state_id, subject_identifier,
       access_token_hash, refresh_token_hash, idp_id)
     SELECT CASE WHEN n % 10 < 7 THEN 'dead-' ELSE 'live-' END || md5(n::text), md5('a' || n), md5('r' || n), n % 20 + 1,
       'user' || n % 5000, -1234, 'PRIMARY', 'APPLICATION_USER', 'authorization_code', s.stamp, s.stamp,
       CASE n % 10 WHEN 8 THEN 9223372036854775807 ELSE 3600000 END,
       CASE n % 10 WHEN 9 THEN 864000000000 ELSE 86400000 END,
       md5(n::text), CASE WHEN n % 10 < 3 THEN 'REVOKED' WHEN n % 10 = 3 THEN 'INACTIVE' WHEN n % 10 = 4 THEN 'EXPIRED' ELSE 'ACTIVE' END,
       md5('s' || n), 'user' || n % 5000, md5('a' || n) || md5('b' || n), md5('r' || n) || md5('q' || n), 1
     FROM generate_series(1, $1::int) n,
       LATERAL (SELECT timezone('UTC', now()) - CASE WHEN n % 10 = 7 THEN n % 3000 ELSE 300000 + n * 10 END * interval '1 second' AS stamp) s`,
    [tokens],
  );
  await client.query(
    `INSERT INTO idn_oauth2_access_token_scope (token_id, token_scope, tenant_id)
     SELECT token_id, scope, -1234 FROM idn_oauth2_access_token, (VALUES ('openid'), ('profile')) s (scope)`,
  );
  // One token in four came from a code; it dies with its token. One code in eight never led to a token and is fresh.
  await client.query(
    `INSERT INTO idn_oauth2_authorization_code (code_id, authorization_code, consumer_key_id, authz_user, tenant_id,
       time_created, validity_period, state, token_id)
     SELECT left(t.token_id, 5) || 'c' || t.n, md5('c' || t.n), t.n % 20 + 1, 'user', -1234, t.time_created, 300000, 'INACTIVE', t.token_id
     FROM (SELECT token_id, time_created, row_number() OVER (ORDER BY token_id) AS n FROM idn_oauth2_access_token) t
     WHERE t.n % 4 = 0
     UNION ALL
     SELECT 'live-f' || n, md5('f' || n), n % 20 + 1, 'user', -1234, timezone('UTC', now()), 300000, 'ACTIVE', NULL
     FROM generate_series(1, $1::int / 8) n`,
    [tokens],
  );
  await client.query('ANALYZE');
}
