import { randomBytes, randomUUID } from 'node:crypto';
import type { DialectFamily } from '../../support/data/dialect-words.js';
import type { Row, TestSession } from '../../support/engines/types.js';
import type { Latencies } from './latencies.js';
import type { KnownToken, Sample } from './sample.js';

const scopes = ['openid', 'profile'];
const tenant = -1234;
const sessionType = 'AppAuthFramework';

const columnsOfToken =
  'TOKEN_ID, ACCESS_TOKEN, REFRESH_TOKEN, CONSUMER_KEY_ID, AUTHZ_USER, TENANT_ID, USER_DOMAIN, USER_TYPE, GRANT_TYPE, TIME_CREATED, REFRESH_TOKEN_TIME_CREATED, VALIDITY_PERIOD, REFRESH_TOKEN_VALIDITY_PERIOD, TOKEN_SCOPE_HASH, TOKEN_STATE, TOKEN_STATE_ID, SUBJECT_IDENTIFIER, ACCESS_TOKEN_HASH, REFRESH_TOKEN_HASH, IDP_ID, TOKEN_BINDING_REF';
const application = '(SELECT ID FROM IDN_OAUTH_CONSUMER_APPS WHERE CONSUMER_KEY = ?)';

/** The product's statements, as its DAO classes for access tokens and its SessionDataStore have them. */
const statements = {
  'look up': `SELECT t.TOKEN_ID, t.AUTHZ_USER, t.TIME_CREATED, t.VALIDITY_PERIOD, t.REFRESH_TOKEN, s.TOKEN_SCOPE FROM IDN_OAUTH2_ACCESS_TOKEN t LEFT JOIN IDN_OAUTH2_ACCESS_TOKEN_SCOPE s ON s.TOKEN_ID = t.TOKEN_ID WHERE t.ACCESS_TOKEN_HASH = ? AND t.TOKEN_STATE = 'ACTIVE'`,
  'find latest': `SELECT TOKEN_ID, ACCESS_TOKEN, REFRESH_TOKEN, TIME_CREATED, VALIDITY_PERIOD, TOKEN_STATE FROM IDN_OAUTH2_ACCESS_TOKEN WHERE CONSUMER_KEY_ID = ${application} AND AUTHZ_USER = ? AND TENANT_ID = ${tenant} AND USER_DOMAIN = 'PRIMARY' AND TOKEN_SCOPE_HASH = ? AND TOKEN_BINDING_REF = 'NONE' ORDER BY TIME_CREATED DESC LIMIT 1`,
  'find refresh token': `SELECT t.TOKEN_ID, t.ACCESS_TOKEN, t.AUTHZ_USER, t.TOKEN_STATE, t.REFRESH_TOKEN_TIME_CREATED, t.REFRESH_TOKEN_VALIDITY_PERIOD, s.TOKEN_SCOPE FROM IDN_OAUTH2_ACCESS_TOKEN t LEFT JOIN IDN_OAUTH2_ACCESS_TOKEN_SCOPE s ON s.TOKEN_ID = t.TOKEN_ID WHERE t.CONSUMER_KEY_ID = ${application} AND t.REFRESH_TOKEN_HASH = ? ORDER BY t.TIME_CREATED DESC`,
  'insert token': `INSERT INTO IDN_OAUTH2_ACCESS_TOKEN (${columnsOfToken}) SELECT ?, ?, ?, ID, ?, ${tenant}, 'PRIMARY', 'APPLICATION_USER', 'password', NOW, NOW, 3600000, 86400000, ?, 'ACTIVE', 'NONE', ?, ?, ?, 1, 'NONE' FROM IDN_OAUTH_CONSUMER_APPS WHERE CONSUMER_KEY = ?`,
  'insert scope': `INSERT INTO IDN_OAUTH2_ACCESS_TOKEN_SCOPE (TOKEN_ID, TOKEN_SCOPE, TENANT_ID) VALUES (?, ?, ${tenant})`,
  'set state by key': 'UPDATE IDN_OAUTH2_ACCESS_TOKEN SET TOKEN_STATE = ?, TOKEN_STATE_ID = ? WHERE TOKEN_ID = ?',
  'set state by hash':
    "UPDATE IDN_OAUTH2_ACCESS_TOKEN SET TOKEN_STATE = 'REVOKED', TOKEN_STATE_ID = ? WHERE ACCESS_TOKEN_HASH = ?",
  'set state by user': `UPDATE IDN_OAUTH2_ACCESS_TOKEN SET TOKEN_STATE = 'REVOKED', TOKEN_STATE_ID = ? WHERE CONSUMER_KEY_ID = ${application} AND AUTHZ_USER = ? AND TENANT_ID = ${tenant} AND USER_DOMAIN = 'PRIMARY' AND TOKEN_SCOPE_HASH = ? AND TOKEN_STATE = 'ACTIVE'`,
  'move codes': 'UPDATE IDN_OAUTH2_AUTHORIZATION_CODE SET TOKEN_ID = ? WHERE TOKEN_ID = ?',
  'save session': `INSERT INTO IDN_AUTH_SESSION_STORE (SESSION_ID, SESSION_TYPE, OPERATION, SESSION_OBJECT, TIME_CREATED, EXPIRY_TIME, TENANT_ID) VALUES (?, '${sessionType}', 'STORE', ?, ?, ?, ${tenant})`,
  'read session':
    'SELECT OPERATION, SESSION_OBJECT, TIME_CREATED FROM IDN_AUTH_SESSION_STORE WHERE SESSION_ID = ? AND SESSION_TYPE = ? ORDER BY TIME_CREATED DESC LIMIT 1',
  'end session': `INSERT INTO IDN_AUTH_SESSION_STORE (SESSION_ID, SESSION_TYPE, OPERATION, TIME_CREATED, EXPIRY_TIME) VALUES (?, '${sessionType}', 'DELETE', ?, ?)`,
} as const;

type Kind = keyof typeof statements;

/** The same in the words of a driver. */
export function statementFor(family: DialectFamily, kind: Kind): string {
  const text = statements[kind].replaceAll('NOW', family === 'mysql' ? 'UTC_TIMESTAMP()' : "timezone('UTC', now())");
  if (family !== 'postgresql') return text;
  let at = 0;
  return text.replace(/\?/g, () => {
    at += 1;
    return `$${at}`;
  });
}

/** One of the product's connections: what its transactions take is written down by kind of statement. */
export class ProductSession {
  private readonly session: TestSession;
  private readonly family: DialectFamily;
  private readonly sample: Sample;
  private latencies: Latencies;
  /** Tokens that this session issued, for it to refresh and revoke. */
  private readonly issued: KnownToken[] = [];

  constructor(session: TestSession, family: DialectFamily, sample: Sample, latencies: Latencies) {
    this.session = session;
    this.family = family;
    this.sample = sample;
    this.latencies = latencies;
  }

  recordInto(latencies: Latencies): void {
    this.latencies = latencies;
  }

  /** One transaction of the product; which one is left to chance. One in five asks for a row that is being cleaned. */
  async act(): Promise<void> {
    const dice = Math.random();
    if (dice < 0.45) await this.ask('look up', [this.token().accessHash]);
    else if (dice < 0.6) await this.issue();
    else if (dice < 0.7) await this.refresh();
    else if (dice < 0.75) await this.revoke();
    else if (dice < 0.88) await this.ask('read session', [pick(this.sample.sessions), sessionType]);
    else if (dice < 0.98) await this.saveSession();
    else await this.ask('end session', [pick(this.sample.sessions), nanoseconds(), nanoseconds(20)]);
  }

  /** Looks for a token of the same user, application and scopes; if that has expired, it says so in the transaction. */
  private async issue(): Promise<void> {
    const like = this.token();
    const [latest] = await this.ask('find latest', [like.application, like.user, like.scopeHash]);
    await this.transaction(async () => {
      const id = latest?.TOKEN_ID ?? latest?.token_id;
      if (id !== undefined) await this.ask('set state by key', ['EXPIRED', randomUUID(), id]);
      await this.insert(like);
    });
  }

  private async refresh(): Promise<void> {
    const old = this.issued.shift() ?? pick(this.sample.live);
    await this.ask('find refresh token', [old.application, old.refreshHash]);
    await this.transaction(async () => {
      await this.ask('set state by key', ['INACTIVE', randomUUID(), old.id]);
      await this.ask('move codes', [await this.insert(old), old.id]);
    });
  }

  private async revoke(): Promise<void> {
    if (Math.random() < 0.5) {
      const { application, user, scopeHash } = this.token();
      await this.ask('set state by user', [randomUUID(), application, user, scopeHash]);
    } else {
      const { accessHash } = this.issued.shift() ?? this.token();
      await this.ask('set state by hash', [randomUUID(), accessHash]);
    }
  }

  private async saveSession(): Promise<void> {
    await this.ask('save session', [pick(this.sample.sessions), randomBytes(4096), nanoseconds(), nanoseconds(20)]);
  }

  private token(): KnownToken {
    return Math.random() < 0.2 && this.sample.dead.length > 0 ? pick(this.sample.dead) : pick(this.sample.live);
  }

  /** A token and its scopes; gives its id. */
  private async insert({ application, user }: KnownToken): Promise<string> {
    const id = randomUUID();
    const hash = (): string => randomBytes(32).toString('hex');
    const token = { id, application, user, scopeHash: hash().slice(0, 32), accessHash: hash(), refreshHash: hash() };
    await this.ask('insert token', [
      ...[id, randomUUID(), randomUUID(), user, token.scopeHash, user],
      ...[token.accessHash, token.refreshHash, application],
    ]);
    for (const scope of scopes) await this.ask('insert scope', [id, scope]);
    this.issued.push(token);
    if (this.issued.length > 1000) this.issued.shift();
    return id;
  }

  private async transaction(work: () => Promise<void>): Promise<void> {
    await this.session.query('BEGIN');
    try {
      await work();
      await this.timed('commit', () => this.session.query('COMMIT'));
    } catch (error) {
      await this.session.query('ROLLBACK');
      throw error;
    }
  }

  private async ask(kind: Kind, values: readonly unknown[]): Promise<Row[]> {
    return this.timed(kind, () => this.session.query(statementFor(this.family, kind), values));
  }

  private async timed<T>(kind: string, act: () => Promise<T>): Promise<T> {
    const { latencies } = this;
    const began = performance.now();
    try {
      return await act();
    } finally {
      latencies.add(kind, performance.now() - began);
    }
  }
}

const pick = <T>(all: readonly T[]): T => {
  const one = all[Math.floor(Math.random() * all.length)];
  if (one === undefined) throw new Error('there is nothing to choose from');
  return one;
};

const nanoseconds = (afterMinutes = 0): string => `${BigInt(Date.now() + afterMinutes * 60_000) * 1_000_000n}`;
