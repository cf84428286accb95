import { describe, expect, test } from 'vitest';
import { isFine, judge } from '../../../src/regular-cleaning/judge.js';
import { readSettings } from '../../../src/regular-cleaning/read-settings.js';
import type { FileKind } from '../../../src/regular-cleaning/settings.js';
import { inMemory, productText } from '../../support/product-files/index.js';

const now = (kind: FileKind, text: string) => readSettings(inMemory(kind, text));
const states = (kind: FileKind, text: string) =>
  Object.fromEntries(Object.entries(now(kind, text).switches).map(([name, { state }]) => [name, state]));
const clashes = (kind: FileKind, text: string) =>
  judge(now(kind, text)).flatMap(({ about, kind: how }) => (how === 'clash' ? [about] : []));

const server = (inside: string) =>
  `<Server xmlns="http://wso2.org/projects/carbon/carbon.xml">\n${inside}\n</Server>\n`;
const bareToml = '[server]\nhostname = "h"\n';

describe('what a file says', () => {
  test('identity.xml as shipped: tokens are cleaned and kept for audit, and two session tasks run', () => {
    expect(states('xml', productText('xml'))).toMatchObject({
      cleaning: 'on',
      audit: 'on',
      sessions: 'on',
      logouts: 'on',
      temporary: 'off',
    });
    expect(now('xml', productText('xml')).measures).toMatchObject({
      timeout: { value: '20160' },
      period: { value: '1440' },
      chunk: { value: '50000' },
    });
    expect(clashes('xml', productText('xml'))).toEqual(['sessions', 'logouts']);
  });

  test('deployment.toml with the session tasks off: nothing clashes', () => {
    expect(states('toml', productText('toml'))).toMatchObject({ cleaning: 'on', audit: 'on', sessions: 'off' });
    expect(isFine(judge(now('toml', productText('toml'))))).toBe(true);
  });

  test('where nothing is set the product goes by its own defaults, which differ between the files', () => {
    expect(states('xml', server('<OAuth/>'))).toEqual({
      cleaning: 'off',
      audit: 'off',
      sessions: 'on',
      logouts: 'off',
      temporary: 'off',
      temporaryTask: 'on',
    });
    expect(states('toml', bareToml)).toEqual({
      cleaning: 'on',
      audit: 'varies',
      sessions: 'varies',
      logouts: 'varies',
      temporary: 'varies',
      temporaryTask: 'on',
    });
    expect(clashes('toml', bareToml)).toEqual(['sessions', 'logouts', 'temporary']);
  });

  test.each([
    ['enable = false', 'off'],
    ['enable = "false"', 'off'],
    ['enable = "TRUE"', 'on'],
    ['enable = "yes"', 'off'],
    ['enable = 1', 'off'],
    ['enable = "$env{CLEAN}"', 'unclear'],
    ['enable = ""', 'on'],
  ])('[oauth.token_cleanup] %s is %s', (line, state) => {
    expect(states('toml', `${bareToml}[oauth.token_cleanup]\n${line}\n`).cleaning).toBe(state);
  });

  test.each([
    'oauth.token_cleanup.enable = false\n[server]\nhostname = "h"\n',
    `${bareToml}[oauth]\ntoken_cleanup.enable = false\n`,
    `${bareToml}[oauth]\ntoken_cleanup = { enable = false }\n`,
    `oauth = { token_cleanup = { "enable" = false } }\n${bareToml}`,
    `${bareToml}["oauth".'token_cleanup']\n"enable" = false\n`,
  ])('however TOML spells it: %j', (text) => {
    expect(states('toml', text).cleaning).toBe('off');
  });

  test.each([
    [' TRUE ', 'on'],
    ['\n  true\n', 'on'],
    ['<!-- was true -->false', 'off'],
    ['<![CDATA[true]]>', 'on'],
    ['1', 'off'],
    ['', 'off'],
    ['{{oauth.token_cleanup.enable}}', 'unclear'],
    ['${clean}', 'unclear'],
  ])('<EnableTokenCleanup>%s is %s', (value, state) => {
    const text = server(
      `<OAuth><TokenCleanup><EnableTokenCleanup>${value}</EnableTokenCleanup></TokenCleanup></OAuth>`,
    );
    expect(states('xml', text).cleaning).toBe(state);
  });

  test('only the periodic part of the cleaning of temporary sessions competes', () => {
    const off = (more: string) =>
      `${bareToml}[session_data.cleanup]\nenable_expired_data_cleanup = false\nclean_logged_out_sessions_at_immediate_cycle = false\n${more}`;
    expect(clashes('toml', off('enable_pre_session_data_cleanup = true\n'))).toEqual(['temporary']);
    expect(clashes('toml', off('enable_periodic_pre_session_data_cleanup = false\n'))).toEqual([]);
    expect(clashes('toml', off('enable_periodic_pre_session_data_cleanup = true\n'))).toEqual(['temporaryTask']);
  });

  test('audit retention is told only where tokens are cleaned at all', () => {
    const about = (text: string) => judge(now('toml', text)).map((finding) => finding.about);
    expect(about(bareToml)).toContain('audit');
    expect(about(`${bareToml}[oauth.token_cleanup]\nenable = false\n`)).not.toContain('audit');
  });
});

describe('what cannot be read', () => {
  test.each<[FileKind, string, RegExp]>([
    ['xml', server('<OAuth>\n<a>\n</OAuth>'), /line 4, column 1: this is no XML: Missing end tag for element a\.$/],
    ['xml', '<Serve xmlns="x"/>', /is no identity.xml/],
    ['xml', '<Server/>', /is no identity.xml/],
    ['xml', server('<ServerKey>AM</ServerKey>'), /is no identity.xml/],
    ['toml', `${bareToml}x = $env{A}\n`, /line 3, column 5: this is no TOML: Unexpected character\.$/],
    ['toml', `${bareToml}password = "S3cret\n`, /line 3, column 19: this is no TOML: Unterminated string constant\.$/],
    ['toml', `${bareToml}[oauth]\n[oauth]\n`, /line 4, column 2: this is no TOML: Defining a key multiple times/],
    ['toml', '[package]\nname = "x"\n', /is no deployment.toml/],
  ])('%s %j is refused, with its place, and none of it is quoted', (kind, text, message) => {
    expect(() => now(kind, text)).toThrow(message);
    expect(() => now(kind, text)).not.toThrow(/S3cret/);
  });
});
