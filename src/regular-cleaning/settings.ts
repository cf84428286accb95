/**
 * The settings of the product that decide what it cleans by itself, and where each stands.
 *
 * Sources:
 * - names in identity.xml, and that the product reads the first element of a name as true unless it is anything else:
 *   https://github.com/wso2-extensions/identity-inbound-auth-oauth (OAuthServerConfiguration.java),
 *   https://docs.wso2.com/display/IS570/Removing+Unused+Tokens+from+the+Database
 * - names in deployment.toml, and which elements of identity.xml the product writes from them:
 *   https://github.com/wso2/carbon-identity-framework (identity.xml.j2, and default.json beside it),
 *   https://apim.docs.wso2.com/en/4.3.0/install-and-setup/setup/setting-up-databases/managing-data-growth-and-improving-performance/
 * - the session tasks: SessionDataStore.java of the same framework,
 *   https://is.docs.wso2.com/en/6.0.0/deploy/data-purging/
 */

/** The file that an administrator edits: identity.xml, or deployment.toml. */
export type FileKind = 'xml' | 'toml';

/** Switches that the product reads, by what they do. */
export type SwitchName = 'cleaning' | 'audit' | 'sessions' | 'logouts' | 'temporary' | 'temporaryTask';

/** What counts where a switch is not set. */
export type Default = 'on' | 'off' | 'varies';

export interface Place {
  /** Names of the elements below the root of identity.xml; none: this file cannot say it. */
  readonly xml?: readonly string[];
  /** Keys in deployment.toml. */
  readonly toml: readonly string[];
}

export interface Switch extends Place {
  readonly title: string;
  readonly absent: Readonly<Record<FileKind, Default>>;
  /** What "varies" means, in words. */
  readonly varies?: string;
}

const tokens = { xml: ['OAuth', 'TokenCleanup'], toml: ['oauth', 'token_cleanup'] } as const;
const sessions = { xml: ['JDBCPersistenceManager', 'SessionDataPersist'], toml: ['session_data', 'cleanup'] } as const;

/**
 * What was said of the session tasks at one time or another.
 *
 * https://github.com/wso2/carbon-identity-framework/pull/4724, /pull/6485 and /pull/6544
 */
const sessionTasksVary = 'on in releases up to 2023, off in most later ones';

export const switches: Readonly<Record<SwitchName, Switch>> = {
  cleaning: {
    title: 'token cleaning',
    xml: [...tokens.xml, 'EnableTokenCleanup'],
    toml: [...tokens.toml, 'enable'],
    absent: { xml: 'off', toml: 'on' },
  },
  audit: {
    title: 'audit retention',
    xml: [...tokens.xml, 'RetainOldAccessToken'],
    toml: [...tokens.toml, 'retain_access_tokens_for_auditing'],
    absent: { xml: 'off', toml: 'varies' },
    // https://github.com/wso2/carbon-identity-framework/pull/3656
    varies: 'on in releases before August 2021, off in later ones',
  },
  sessions: {
    title: 'task for expired sessions',
    xml: [...sessions.xml, 'SessionDataCleanUp', 'Enable'],
    toml: [...sessions.toml, 'enable_expired_data_cleanup'],
    absent: { xml: 'on', toml: 'varies' },
    varies: sessionTasksVary,
  },
  logouts: {
    title: 'task for logged-out sessions',
    xml: [...sessions.xml, 'OperationDataCleanUp', 'Enable'],
    toml: [...sessions.toml, 'clean_logged_out_sessions_at_immediate_cycle'],
    absent: { xml: 'off', toml: 'varies' },
    varies: sessionTasksVary,
  },
  temporary: {
    title: 'cleaning of temporary sessions',
    xml: [...sessions.xml, 'TempDataCleanup', 'Enable'],
    toml: [...sessions.toml, 'enable_pre_session_data_cleanup'],
    absent: { xml: 'off', toml: 'varies' },
    varies: 'off in releases of 2023 and 2024, on in most others',
  },
  temporaryTask: {
    // https://github.com/wso2/carbon-identity-framework/pull/5769
    title: 'the same, periodically',
    xml: [...sessions.xml, 'TempDataCleanup', 'EnablePeriodicCleanup'],
    toml: [...sessions.toml, 'enable_periodic_pre_session_data_cleanup'],
    absent: { xml: 'on', toml: 'on' },
  },
};

/** What can be changed here: the two switches of token cleaning. */
export const changeable = ['cleaning', 'audit'] as const satisfies readonly SwitchName[];

/** What somebody wants a file to say; what is left out stays as it is. */
export type Wanted = Readonly<Partial<Record<(typeof changeable)[number], boolean>>>;

export interface Measure extends Place {
  readonly title: string;
  /** Unit of a bare number, as identity.xml has them; deployment.toml writes a unit beside it. */
  readonly unit?: string;
}

/** How the session tasks work; shown as they stand. */
export const measures: Readonly<Record<'period' | 'timeout' | 'chunk', Measure>> = {
  period: {
    title: 'session tasks run every',
    xml: [...sessions.xml, 'SessionDataCleanUp', 'CleanUpPeriod'],
    toml: [...sessions.toml, 'clean_expired_session_data_every'],
    unit: 'min',
  },
  timeout: {
    title: 'a session is kept for',
    xml: [...sessions.xml, 'SessionDataCleanUp', 'CleanUpTimeout'],
    toml: [...sessions.toml, 'expire_session_data_after'],
    unit: 'min',
  },
  chunk: {
    title: 'rows in one DELETE',
    xml: [...sessions.xml, 'SessionDataCleanUp', 'DeleteChunkSize'],
    toml: [...sessions.toml, 'clean_expired_session_data_in_chunks_of'],
  },
};

/** A switch as one writes it in the file: `<OAuth><TokenCleanup><EnableTokenCleanup>`, `oauth.token_cleanup.enable`. */
export const writtenPlace = (place: Place, kind: FileKind): string =>
  kind === 'xml' ? (place.xml ?? []).map((name) => `<${name}>`).join('') : place.toml.join('.');

/** The names or keys of a switch in a file of this kind. */
export const pathIn = (place: Place, kind: FileKind): readonly string[] =>
  kind === 'xml' ? (place.xml ?? []) : place.toml;
