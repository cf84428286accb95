import { describe, expect, test } from 'vitest';
import { confirmationCodes } from '../../src/policies/confirmation-codes.js';
import { registry } from '../../src/policies/registry.js';
import { revocations } from '../../src/policies/revocations.js';
import { sessions } from '../../src/policies/sessions.js';
import { staleActions } from '../../src/policies/stale-actions.js';
import { tokens } from '../../src/policies/tokens.js';
import { all, any, isNull, oneOf } from '../../src/policy/build.js';
import { databaseNow } from '../../src/policy/prove/cut-off.js';
import { and, atMost, forEach, minus, number, or, plus, same, thereIs, yes } from '../../src/policy/prove/term.js';
import { kindsOf } from '../../src/policy/solver/kinds.js';
import { counterexampleTo } from '../../src/policy/solver/solver.js';
import type { Policy, Predicate, Step } from '../../src/policy/types.js';
import { deadIsNotLive, type Plant } from './support/claims.js';
import { mutateStep, nothing, stepOf } from './support/mutate.js';

const accessTokens = stepOf(tokens, 'IDN_OAUTH2_ACCESS_TOKEN');

async function counterexample(policy: Policy, step: Step, reason: string, plant?: Plant): Promise<string | undefined> {
  const claim = deadIsNotLive(policy, step, reason, 'as written', plant);
  return counterexampleTo(claim, kindsOf(policy), claim.legible);
}

const dropped =
  (kind: Predicate['kind'], column?: string) =>
  (part: Predicate): Predicate =>
    part.kind === kind && (column === undefined || ('column' in part && part.column === column)) ? nothing : part;

describe('the prover finds a live row that is dead by', () => {
  test('the clock of the newest timestamp in the data, which was ours once', async () => {
    const newestOfTheData: Plant = (compiled, vocabulary) => {
      const [now, newest] = [databaseNow(vocabulary), vocabulary.quantity('newest timestamp in the data')];
      const table = accessTokens.table;
      const other = vocabulary.anyRow(table);
      const created = vocabulary.value(table, 'TIME_CREATED', other.name);
      const known = and(vocabulary.isThere(table, other.name), vocabulary.isKnown(table, 'TIME_CREATED', other.name));
      const earliest = minus(now, number(14n * 3_600_000_000n));
      return {
        ...compiled,
        facts: [
          ...compiled.facts,
          and(atMost(earliest, newest), atMost(newest, now)),
          or(same(newest, earliest), same(newest, now), thereIs(other, and(known, same(created, newest)))),
          forEach(other, or(`(not ${known})`, atMost(created, newest), atMost(now, created))),
        ],
        cutOff: () => ({ isKnown: yes, at: minus(newest, compiled.settings.length('safe_period_minutes')) }),
      };
    };
    const found = await counterexample(tokens, accessTokens, 'periods_over', newestOfTheData);
    expect(found).toMatch(/TOKEN_STATE = '(ACTIVE|GRACEFULLY_ROTATED)'/);
    expect(found).toMatch(/TIME_CREATED = 2026-\d\d-\d\d/);
    expect(found).toMatch(/newest timestamp in the data: 2026-/);
  });

  test('a safe period that is added, as in a script for DB2', async () => {
    const added: Plant = (compiled, vocabulary) => ({
      ...compiled,
      cutOff: () => ({
        isKnown: yes,
        at: plus(databaseNow(vocabulary), compiled.settings.length('safe_period_minutes')),
      }),
    });
    expect(await counterexample(tokens, accessTokens, 'periods_over', added)).toContain('safe_period_minutes');
  });

  test('a comparison that looks the other way', async () => {
    const turned = mutateStep(stepOf(tokens, 'IDN_OAUTH2_DEVICE_FLOW'), (part) =>
      part.kind === 'before' ? { kind: 'unless', rule: part } : part,
    );
    expect(await counterexample(tokens, turned, 'period_over')).toMatch(/EXPIRY_TIME = (2026|NULL|\(cannot)/);
  });

  test('a period that is taken for finite though it never ends', async () => {
    const found = await counterexample(tokens, mutateStep(accessTokens, dropped('finite')), 'periods_over');
    expect(found).toMatch(/VALIDITY_PERIOD = (-\d+|0|\d{14,})/);
  });

  test('only one of the two periods', async () => {
    const oneOnly = mutateStep(accessTokens, (part) =>
      'column' in part && part.column.startsWith('REFRESH')
        ? nothing
        : part.kind === 'periodOver' && part.stamp.startsWith('REFRESH')
          ? nothing
          : part,
    );
    expect(await counterexample(tokens, oneOnly, 'periods_over')).toContain('REFRESH_TOKEN_VALIDITY_PERIOD');
  });

  test('a state that nobody knows', async () => {
    const anyState = mutateStep(accessTokens, dropped('oneOf', 'TOKEN_STATE'));
    expect(await counterexample(tokens, anyState, 'inactive')).toContain('TOKEN_STATE');
  });

  test('a code whose token is there', async () => {
    const codes = stepOf(tokens, 'IDN_OAUTH2_AUTHORIZATION_CODE');
    const found = await counterexample(tokens, mutateStep(codes, dropped('noRow')), 'inactive');
    expect(found).toMatch(/IDN_OAUTH2_ACCESS_TOKEN: TOKEN_ID = (\d+)\n/);
  });

  test('a link of a tenant that is NULL, when its guard is dropped', async () => {
    const links = mutateStep(stepOf(registry, 'REG_RESOURCE_PROPERTY'), dropped('isNotNull', 'REG_TENANT_ID'));
    expect(await counterexample(registry, links, 'resource_gone')).toContain('REG_TENANT_ID = NULL');
  });

  test('a session that says no end, if NULL is taken for one', async () => {
    const store = stepOf(sessions, 'IDN_AUTH_SESSION_STORE');
    const endless = mutateStep(store, (part) =>
      'column' in part && part.column === 'EXPIRY_TIME' && part.kind !== 'hasColumn' && part.kind !== 'isNull'
        ? any(part, isNull('EXPIRY_TIME'))
        : part,
    );
    expect(await counterexample(sessions, endless, 'expired')).toContain('EXPIRY_TIME = NULL');
  });

  test('any expired row of a session, though a newer one lives', async () => {
    const bySession: Step = {
      ...stepOf(sessions, 'IDN_AUTH_SESSION_STORE'),
      history: { of: ['SESSION_ID'], order: 'TIME_CREATED' },
    };
    expect(await counterexample(sessions, bySession, 'superseded')).toMatch(/(IDN_AUTH_SESSION_STORE: .*\n){2}/);
  });

  test('one expireTime that has passed, though another is to come', async () => {
    const resources = mutateStep(stepOf(registry, 'REG_RESOURCE'), dropped('noRow'));
    expect(await counterexample(registry, resources, 'code_expired')).toContain("REG_NAME = 'expireTime'");
  });

  test('a revocation in seconds that is taken for one in milliseconds', async () => {
    const marks = mutateStep(stepOf(revocations, 'AM_REVOKED_JWT'), dropped('moreThan'));
    expect(await counterexample(revocations, marks, 'expired')).toContain('EXPIRY_TIMESTAMP');
  });

  test('a revocation event while the tokens of an application live longer', async () => {
    const shortLived: Plant = (compiled, vocabulary) => ({
      ...compiled,
      cutOff: () => ({
        isKnown: yes,
        at: minus(databaseNow(vocabulary), compiled.settings.length('longest_lifetime_hours')),
      }),
    });
    const events = stepOf(revocations, 'IDN_SUBJECT_ENTITY_REVOKED_EVENT');
    expect(await counterexample(revocations, events, 'outlived', shortLived)).toContain('IDN_OAUTH_CONSUMER_APPS');
  });

  test('a flow of which a code is left', async () => {
    const flows = mutateStep(stepOf(confirmationCodes, 'IDN_RECOVERY_FLOW_DATA'), dropped('noRow'));
    expect(await counterexample(confirmationCodes, flows, 'retention_over')).toContain('IDN_RECOVERY_DATA');
  });

  test('an invitation that its tenant lets live longer', async () => {
    const codes = mutateStep(stepOf(confirmationCodes, 'IDN_RECOVERY_DATA'), dropped('outlives'));
    expect(await counterexample(confirmationCodes, codes, 'retention_over')).toMatch(
      /IDP_METADATA: VALUE = (-\d+|\d+|NULL|\(cannot)/,
    );
  });

  test('an invitation, if a tenant inherits no validity', async () => {
    const codes = mutateStep(stepOf(confirmationCodes, 'IDN_RECOVERY_DATA'), (part) =>
      part.kind === 'outlives'
        ? { ...part, periods: { ...part.periods, where: all(part.periods.where, oneOf('NAME', 'X')) } }
        : part,
    );
    expect(await counterexample(confirmationCodes, codes, 'retention_over')).toContain('IDP_METADATA');
  });

  test('an action that an authenticator names', async () => {
    const actions = mutateStep(stepOf(staleActions, 'IDN_ACTION'), dropped('noRow'));
    expect(await counterexample(staleActions, actions, 'stale')).toContain('IDP_AUTHENTICATOR_PROPERTY');
  });
});
