import type { SettingsNow, SwitchNow } from './read-settings.js';
import { type SwitchName, switches, writtenPlace } from './settings.js';

/** `clash`: it gets in the way of deep cleaning. `advice`: worth knowing, and nothing suffers. */
export type FindingKind = 'fine' | 'advice' | 'clash';

export interface Finding {
  readonly about: SwitchName;
  readonly kind: FindingKind;
  /** What the product does, in a sentence. */
  readonly what: string;
  readonly next?: string;
}

/** What the product does by itself, and how that goes together with deep cleaning. */
export const judge = (now: SettingsNow): readonly Finding[] => [cleaning(now), ...audit(now), ...sessionTasks(now)];

/**
 * Both together is what the vendor's manual calls the hybrid approach for API Manager; for Identity Server it would have
 * regular cleaning off beside a scheduled script, because it deletes while a user waits, not because it does harm.
 *
 * https://apim.docs.wso2.com/en/3.1.0/install-and-setup/setup/setting-up-databases/managing-data-growth-and-improving-performance/
 * https://is.docs.wso2.com/en/7.2.0/deploy/remove-unused-tokens-from-the-database/
 */
function cleaning({ switches: now }: SettingsNow): Finding {
  const about = 'cleaning';
  if (now.cleaning.state === 'unclear') {
    return {
      about,
      kind: 'advice',
      what: `Token cleaning depends on ${now.cleaning.value}. Deep cleaning goes together with both.`,
    };
  }
  if (now.cleaning.state === 'off') {
    return {
      about,
      kind: 'advice',
      what: 'Token cleaning is off: every dead token stays until cleanup_tokens comes.',
      next: 'Nothing has to be changed. Before it is switched on again, run cleanup_tokens once, so that it begins with a small table.',
    };
  }
  return {
    about,
    kind: 'fine',
    what: 'Token cleaning is on: the product removes a token when it is replaced, refreshed or revoked. Tokens that expire and are never touched again stay for cleanup_tokens. The two go well together.',
  };
}

function audit({ switches: now }: SettingsNow): readonly Finding[] {
  if (now.cleaning.state === 'off' || now.audit.state === 'off') return [];
  const sure = now.audit.state === 'on' && now.cleaning.state === 'on';
  return [
    {
      about: 'audit',
      kind: 'advice',
      what: `${sure ? 'Audit retention is on' : 'Audit retention may be on'}: tokens that the product removes go to IDN_OAUTH2_ACCESS_TOKEN_AUDIT, which it never reads nor empties, so it grows for ever.`,
      next: 'Let cleanup_tokens prune it with `deepclean settings audit_pruning=yes` (audit_retention_days, 90 unless changed), or switch retention off.',
    },
  ];
}

/**
 * Each of these deletes rows that cleanup_sessions would delete too, from the same tables at the same time of their own
 * choosing. The vendor has all of them off where a script is scheduled.
 *
 * https://is.docs.wso2.com/en/6.0.0/deploy/data-purging/ and https://github.com/wso2/product-is/issues/16058
 */
function sessionTasks({ file, switches: now }: SettingsNow): readonly Finding[] {
  const temporary: SwitchName =
    now.temporary.state === 'off' || now.temporaryTask.value === undefined ? 'temporary' : 'temporaryTask';
  const tasks: readonly (readonly [SwitchName, string])[] = [
    ['sessions', 'rows of sessions that ended from IDN_AUTH_SESSION_STORE'],
    ['logouts', 'rows of sessions that were logged out from IDN_AUTH_SESSION_STORE'],
    [temporary, 'what sign-ins left behind from IDN_AUTH_TEMP_SESSION_STORE'],
  ];
  const findings = tasks.flatMap(([about, what]) =>
    taskFinding(about, now[about], what, writtenPlace(switches[about], file.kind)),
  );
  if (findings.length > 0) return findings;
  return [
    {
      about: 'sessions',
      kind: 'fine',
      what: 'The session tasks are off: the tables are left to cleanup_sessions. Unless it is scheduled, they grow.',
    },
  ];
}

function taskFinding(about: SwitchName, { state, value }: SwitchNow, rows: string, place: string): readonly Finding[] {
  if (state === 'off') return [];
  const how = {
    on: 'A task of the product deletes',
    varies: `Nothing is set, so in some releases (${switches[about].varies}) a task of the product deletes`,
    unclear: `Depending on ${value}, a task of the product deletes`,
  }[state];
  return [
    {
      about,
      kind: 'clash',
      what: `${how} ${rows}, as cleanup_sessions does.`,
      next: `Set ${place} to false${instead(about)} where cleanup_sessions is scheduled.`,
    },
  ];
}

/**
 * Without it, sign-ins leave their rows behind, which the vendor has found to slow Identity Server down.
 *
 * https://github.com/wso2/carbon-identity-framework/pull/6544
 */
const instead = (about: SwitchName): string =>
  about === 'temporary' ? ', or in releases from July 2024 on only its periodic part,' : '';

/** Whether nothing gets in the way of deep cleaning. */
export const isFine = (findings: readonly Finding[]): boolean => findings.every(({ kind }) => kind !== 'clash');
