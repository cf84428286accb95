import { describe, expect, test } from 'vitest';
import { type FragmentRequest, renderFragment } from '../../../src/regular-cleaning/fragment.js';
import { planChange } from '../../../src/regular-cleaning/plan-change.js';
import type { ProductName } from '../../../src/regular-cleaning/products.js';
import { inMemory } from '../../support/product-files/index.js';

const both = { cleaning: true, audit: true };
const fragment = (product: ProductName, version: string, values: Partial<FragmentRequest> = {}) =>
  renderFragment({ product, version, ...both, ...values });

describe('what has to stand in the file of a version', () => {
  test('identity.xml', () => {
    expect(fragment('apim', '2.6.0', { audit: false }).text).toBe(
      [
        '<OAuth>',
        '    <TokenCleanup>',
        '        <EnableTokenCleanup>true</EnableTokenCleanup>',
        '        <RetainOldAccessToken>false</RetainOldAccessToken>',
        '    </TokenCleanup>',
        '</OAuth>',
        '',
      ].join('\n'),
    );
  });

  test('deployment.toml', () => {
    expect(fragment('apim', '3.0.0', { cleaning: false })).toEqual({
      file: { kind: 'toml', path: 'repository/conf/deployment.toml' },
      settings: { enable: false, retain_access_tokens_for_auditing: true },
      text: '[oauth.token_cleanup]\nenable = false\nretain_access_tokens_for_auditing = true\n',
    });
  });

  test.each([
    ['apim', '2.6', 'xml'],
    ['apim', '2.6.0.14', 'xml'],
    ['apim', '3.0.0', 'toml'],
    ['apim', '4.5.0', 'toml'],
    ['is', '5.7.0', 'xml'],
    ['is', '5.8.0', 'xml'],
    ['is', '5.9.0', 'toml'],
    ['is', '5.10.0', 'toml'],
    ['is', '7.1.0', 'toml'],
  ] as const)('%s %s is configured in a file of kind %s', (product, version, kind) => {
    expect(fragment(product, version).file.kind).toBe(kind);
  });

  test.each([
    ['apim', '2.5.0'],
    ['apim', '2.0'],
    ['apim', '1.10.0'],
    ['is', '5.6.0'],
    ['is', '5'],
  ] as const)('%s %s cleans nothing by itself', (product, version) => {
    expect(() => fragment(product, version)).toThrow(/has no regular cleaning/);
  });

  test.each(['', 'latest', '2.6.0-alpha', '2..6', '2.6.', '-1'])('"%s" is no version', (version) => {
    expect(() => fragment('apim', version)).toThrow(/is no version/);
  });

  test('is what a file says once it stands there', () => {
    const toml = inMemory('toml', `[server]\nhostname = "h"\n\n${fragment('apim', '4.0.0').text}`);
    expect(planChange(toml, both).isNeeded).toBe(false);
    const xml = fragment('apim', '2.6.0').text;
    const server = `<Server xmlns="http://wso2.org/projects/carbon/carbon.xml">\n${xml}</Server>\n`;
    expect(planChange(inMemory('xml', server), both).isNeeded).toBe(false);
  });
});
