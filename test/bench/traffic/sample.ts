import type { Deployment } from '../../support/deployment.js';

/** A token that is in the table when the traffic begins. */
export interface KnownToken {
  readonly id: string;
  readonly accessHash: string;
  readonly refreshHash: string;
  readonly application: string;
  readonly user: string;
  readonly scopeHash: string;
}

/** What the product's sessions ask for: tokens that live, tokens that are being cleaned, and sessions. */
export interface Sample {
  readonly live: readonly KnownToken[];
  /** Dead, and ACTIVE: the product still finds them, and changes their state. */
  readonly dead: readonly KnownToken[];
  readonly sessions: readonly string[];
}

export async function takeSample({ query }: Deployment, most: number): Promise<Sample> {
  const tokens = async (condition: string): Promise<KnownToken[]> => {
    const rows = await query(
      `SELECT t.TOKEN_ID AS id, t.ACCESS_TOKEN_HASH AS access_hash, t.REFRESH_TOKEN_HASH AS refresh_hash,
         a.CONSUMER_KEY AS application, t.AUTHZ_USER AS user_name, t.TOKEN_SCOPE_HASH AS scope_hash
       FROM IDN_OAUTH2_ACCESS_TOKEN t JOIN IDN_OAUTH_CONSUMER_APPS a ON a.ID = t.CONSUMER_KEY_ID
       WHERE t.TOKEN_STATE = 'ACTIVE' AND ${condition}`,
    );
    return spread(rows, most).map((row) => ({
      id: String(row.id),
      accessHash: String(row.access_hash),
      refreshHash: String(row.refresh_hash),
      application: String(row.application),
      user: String(row.user_name),
      scopeHash: String(row.scope_hash),
    }));
  };
  const sessions = await query('SELECT DISTINCT SESSION_ID AS id FROM IDN_AUTH_SESSION_STORE');
  return {
    live: await tokens('t.VALIDITY_PERIOD > 3600000'),
    dead: await tokens('t.VALIDITY_PERIOD <= 3600000'),
    sessions: spread(sessions, most).map(({ id }) => String(id)),
  };
}

/** At most so many, from all over the list. */
const spread = <T>(all: readonly T[], most: number): readonly T[] =>
  all.filter((_, at) => at % Math.ceil(all.length / most) === 0);
