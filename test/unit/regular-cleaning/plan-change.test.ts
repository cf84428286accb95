import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planChange, refuseOtherChanges } from '../../../src/regular-cleaning/plan-change.js';
import type { FileKind, Wanted } from '../../../src/regular-cleaning/settings.js';
import { inMemory, productText } from '../../support/product-files/index.js';

const change = (kind: FileKind, text: string, wanted: Wanted): string => planChange(inMemory(kind, text), wanted).text;

const server = (inside: string) =>
  `<Server xmlns="http://wso2.org/projects/carbon/carbon.xml">\n${inside}\n</Server>\n`;
const bareToml = '[server]\nhostname = "h"\n';

/** The product's files without the section, to which it has to be added. */
const without = {
  xml: productText('xml').replace(/ {8}<!-- What happens[\s\S]*?<\/TokenCleanup>\n/, ''),
  toml: productText('toml').replace(/\[oauth\.token_cleanup\][\s\S]*?\n\n/, ''),
};

describe('only the bytes of the value change', () => {
  test('in identity.xml', () => {
    const plan = planChange(inMemory('xml', productText('xml')), { audit: false });
    expect(plan.text).toBe(productText('xml').replace('>true</RetainOld', '>false</RetainOld'));
    expect(plan.changes).toEqual([
      {
        line: 77,
        before: '<RetainOldAccessToken>true</RetainOldAccessToken>',
        after: '<RetainOldAccessToken>false</RetainOldAccessToken>',
      },
    ]);
  });

  test('in deployment.toml, with the comment behind it', () => {
    const plan = planChange(inMemory('toml', productText('toml')), { cleaning: false });
    expect(plan.text).toBe(
      productText('toml').replace('enable = true                 ', 'enable = false                 '),
    );
    expect(plan.changes).toEqual([{ line: 40, before: 'enable = true', after: 'enable = false' }]);
  });

  test.each([
    ['oauth.token_cleanup.enable = true\n[server]\n'],
    [`${bareToml}[oauth]\ntoken_cleanup.enable = true\n`],
    [`${bareToml}[oauth]\ntoken_cleanup = { enable = true }\n`],
    [`oauth = { token_cleanup = { enable = true }, secret = "S3cret" }\n${bareToml}`],
    [`${bareToml}["oauth".'token_cleanup']\n"enable"="true" # why\n`],
    [`${bareToml}[oauth.token_cleanup]\r\nenable = 'true'`],
  ])('in %j, quotes and all', (text) => {
    const plan = planChange(inMemory('toml', text), { cleaning: false });
    expect(plan.text).toBe(text.replace(/true/, 'false'));
    expect(JSON.stringify(plan.changes)).not.toContain('S3cret');
  });
});

describe('a section that is missing is added', () => {
  test('to identity.xml, first in <OAuth>, in its indentation', () => {
    expect(change('xml', without.xml, { cleaning: true, audit: false })).toBe(
      without.xml.replace(
        '    <OAuth>\n',
        [
          '    <OAuth>',
          '        <TokenCleanup>',
          '            <EnableTokenCleanup>true</EnableTokenCleanup>',
          '            <RetainOldAccessToken>false</RetainOldAccessToken>',
          '        </TokenCleanup>',
          '',
        ].join('\n'),
      ),
    );
  });

  test('to identity.xml with tabs and CRLF', () => {
    const text = server('\t<OAuth>\n\t\t<A>1</A>\n\t</OAuth>').replaceAll('\n', '\r\n');
    expect(change('xml', text, { audit: true })).toBe(
      text.replace(
        '<OAuth>\r\n',
        '<OAuth>\r\n\t\t<TokenCleanup>\r\n\t\t\t<RetainOldAccessToken>true</RetainOldAccessToken>\r\n\t\t</TokenCleanup>\r\n',
      ),
    );
  });

  test('one element to <TokenCleanup>', () => {
    const text = productText('xml').replace(/ +<RetainOldAccessToken>.*\n/, '');
    expect(change('xml', text, { audit: true })).toBe(
      text.replace(
        '</EnableTokenCleanup>\n',
        '</EnableTokenCleanup>\n            <RetainOldAccessToken>true</RetainOldAccessToken>\n',
      ),
    );
  });

  test('to deployment.toml below its family, so that a parent stays before its children', () => {
    expect(change('toml', without.toml, { cleaning: true })).toBe(
      without.toml.replace(
        'org.example.Validator"\n',
        'org.example.Validator"\n\n[oauth.token_cleanup]\nenable = true\n',
      ),
    );
  });

  test('one key to [oauth.token_cleanup], below the last one', () => {
    const text = productText('toml').replace(/retain_access.*\n/, '');
    expect(change('toml', text, { audit: false })).toBe(
      text.replace('leaves the token table\n', 'leaves the token table\nretain_access_tokens_for_auditing = false\n'),
    );
  });

  test.each([
    [bareToml, `${bareToml}\n[oauth.token_cleanup]\nenable = true\n`],
    [bareToml.trimEnd(), `${bareToml}\n[oauth.token_cleanup]\nenable = true`],
    [`${bareToml}\n`, `${bareToml}\n[oauth.token_cleanup]\nenable = true\n`],
    [`${bareToml}[oauth.token_cleanup]`, `${bareToml}[oauth.token_cleanup]\nenable = true`],
    [
      `${bareToml}[oauth.x]\ny = 1\n# of x\n\n# of z\n[z]\n`,
      `${bareToml}[oauth.x]\ny = 1\n# of x\n\n[oauth.token_cleanup]\nenable = true\n\n# of z\n[z]\n`,
    ],
    [
      `${bareToml}[oauth.x]\ny = 1\n# of z\n[z]\n`,
      `${bareToml}[oauth.x]\ny = 1\n\n[oauth.token_cleanup]\nenable = true\n# of z\n[z]\n`,
    ],
    ['  [server]\n    h = 1\n', '  [server]\n    h = 1\n\n  [oauth.token_cleanup]\n    enable = true\n'],
  ])('to %j', (text, expected) => {
    expect(change('toml', text, { cleaning: true })).toBe(expected);
  });
});

describe('what cannot be edited safely is refused, with its line', () => {
  const inCleanup = (inside: string) => server(`<OAuth>\n<TokenCleanup>\n${inside}\n</TokenCleanup>\n</OAuth>`);
  const on = '<EnableTokenCleanup>true</EnableTokenCleanup>';

  test.each<[FileKind, string, RegExp]>([
    ['xml', server('<JDBCPersistenceManager/>'), /line 1: there is no <OAuth>/],
    [
      'xml',
      server('<OAuth>\n<!--\n<TokenCleanup>\n</TokenCleanup> -->\n</OAuth>'),
      /line 3: <TokenCleanup> is commented out/,
    ],
    [
      'xml',
      inCleanup('<!-- <EnableTokenCleanup>true</EnableTokenCleanup> -->'),
      /line 4: <EnableTokenCleanup> is comm/,
    ],
    ['xml', inCleanup(`${on}\n${on}`), /line 5: there is more than one <EnableTokenCleanup>/],
    ['xml', server('<OAuth/>\n<OAuth/>'), /line 3: there is more than one <OAuth>/],
    [
      'xml',
      server(`<OAuth>\n${'<TokenCleanup>\n</TokenCleanup>\n'.repeat(2)}</OAuth>`),
      /line 5: .* more than one <TokenC/,
    ],
    ['xml', server('<c:OAuth xmlns:c="x"/>'), /line 2: <c:OAuth> has a namespace of its own/],
    ['xml', server('<OAuth xmlns="other">\n</OAuth>'), /line 2: <OAuth> has a namespace of its own/],
    ['xml', inCleanup('<EnableTokenCleanup>${x}</EnableTokenCleanup>'), /line 4: the value is \$\{x\}/],
    ['xml', inCleanup('<EnableTokenCleanup>{{ x }}</EnableTokenCleanup>'), /line 4: the value is \{\{ x \}\}/],
    ['xml', inCleanup('<EnableTokenCleanup/>'), /line 4: the value is neither/],
    ['xml', inCleanup('<EnableTokenCleanup>yes</EnableTokenCleanup>'), /line 4: the value is neither/],
    ['xml', inCleanup('<EnableTokenCleanup>true<!-- x --></EnableTokenCleanup>'), /line 4: the value is neither/],
    ['xml', inCleanup('<EnableTokenCleanup><![CDATA[true]]></EnableTokenCleanup>'), /line 4: the value is neither/],
    ['xml', server('<OAuth/>'), /line 2: there is no room/],
    ['xml', server('<OAuth><TokenCleanup></TokenCleanup></OAuth>'), /line 2: there is no room/],
    ['xml', server('<OAuth><A>1</A>\n</OAuth>'), /line 2: there is no room/],
    ['toml', `${bareToml}[oauth.token_cleanup]\nenable = "$env{X}"\n`, /line 4: the value is \$env\{X\}/],
    ['toml', `${bareToml}[oauth.token_cleanup]\nenable = "$ref{a.b}"\n`, /line 4: the value is \$ref\{a\.b\}/],
    ['toml', `${bareToml}[oauth.token_cleanup]\nenable = "$secret{a}"\n`, /line 4: the value is \$secret\{a\}/],
    ['toml', `${bareToml}[oauth.token_cleanup]\nenable = 1\n`, /line 4: the value is neither/],
    ['toml', `${bareToml}[oauth.token_cleanup]\nenable = """true"""\n`, /line 4: the value is neither/],
    ['toml', `${bareToml}[oauth.token_cleanup]\nenable = [true]\n`, /line 4: the value is neither/],
    ['toml', `${bareToml}[oauth.token_cleanup]\n#enable = true\n`, /line 4: enable is commented out/],
    [
      'toml',
      `${bareToml}# [oauth.token_cleanup]\n# enable = true\n`,
      /line 3: \[oauth\.token_cleanup\] is commented out/,
    ],
    ['toml', `oauth.timestamp_skew = "0m"\n${bareToml}`, /line 1: oauth is no section here/],
    ['toml', `oauth = { timestamp_skew = "0m" }\n${bareToml}`, /line 1: oauth is no section here/],
    ['toml', `${bareToml}[oauth]\ntoken_cleanup.other = 1\n`, /line 4: oauth\.token_cleanup is no section here/],
    ['toml', `${bareToml}[oauth]\ntoken_cleanup = { other = 1 }\n`, /line 4: oauth\.token_cleanup is no section here/],
    ['toml', `${bareToml}[oauth]\ntoken_cleanup = 1\n`, /line 4: oauth\.token_cleanup is no section here/],
    ['toml', `${bareToml}[[oauth]]\nx = 1\n`, /line 3: oauth is no section here/],
    ['toml', `${bareToml}[[oauth.token_cleanup]]\nenable = true\n`, /line 3: oauth\.token_cleanup is no section here/],
  ])('%s %j', (kind, text, message) => {
    expect(() => change(kind, text, { cleaning: false })).toThrow(message);
  });

  test('an identity.xml that the product makes by itself', () => {
    const file = { ...inMemory('xml', productText('xml')), madeFrom: '/wso2/conf/deployment.toml' };
    expect(() => planChange(file, { cleaning: false })).toThrow(/recreated from .*deployment\.toml whenever/);
  });
});

describe('a result that says anything else gets no further than memory', () => {
  const paths = { xml: ['OAuth', 'TokenCleanup', 'EnableTokenCleanup'], toml: ['oauth', 'token_cleanup', 'enable'] };
  const right = (kind: FileKind) => change(kind, productText(kind), { cleaning: false });
  const refuse = (kind: FileKind, text: string) => () =>
    refuseOtherChanges(inMemory(kind, productText(kind)), text, [{ path: paths[kind], value: false }]);

  test.each<[FileKind, string | RegExp, string]>([
    ['xml', '<PoolSize>0<', '<PoolSize>1<'],
    ['xml', '<!-- Keys -->', '<!-- Key -->'],
    ['xml', 'enable="true"', 'enable="false"'],
    ['xml', '</OAuth>', '<More/></OAuth>'],
    ['xml', '>true</RetainOldAccessToken>', '>false</RetainOldAccessToken>'],
    ['xml', '>false</EnableTokenCleanup>', '>true</EnableTokenCleanup>'],
    ['toml', 'proxyPort = 443', 'proxyPort = 444'],
    ['toml', 'proxyPort = 443', 'proxyPort = "443"'],
    ['toml', '# keep this comment', '# kept'],
    ['toml', '[keystore.tls]', '[keystore.tsl]'],
    ['toml', 'retain_access_tokens_for_auditing = true', 'retain_access_tokens_for_auditing = false'],
    ['toml', /enable = false +# what/, 'enable = true # what'],
  ])('%s: %s became %s', (kind, from, to) => {
    expect(refuse(kind, right(kind))).not.toThrow();
    expect(right(kind)).toMatch(from);
    expect(refuse(kind, right(kind).replace(from, to))).toThrow(/would not say what was wanted/);
  });
});

describe('whatever the file looks like', () => {
  const word = fc.constantFrom('true', 'false');
  const remark = fc.stringMatching(/^[ -,./-;=?-~\u00a0-\u00ff]{0,20}$/);
  const feed = fc.constantFrom('\n', '\r\n');
  const indent = fc.constantFrom('', '  ', '    ', '\t');
  const other = fc.array(fc.tuple(fc.stringMatching(/^[a-z]{3,8}x$/), remark), { maxLength: 4 });

  const xml = fc
    .record({ cleaning: fc.option(word), audit: fc.option(word), section: fc.boolean(), remark, feed, indent, other })
    .map((a) => {
      const i = a.indent;
      const inner = [
        `${i}${i}${i}<!--${a.remark}-->`,
        ...(a.cleaning === null ? [] : [`${i}${i}${i}<EnableTokenCleanup>${a.cleaning}</EnableTokenCleanup>`]),
        ...(a.audit === null ? [] : [`${i}${i}${i}<RetainOldAccessToken> ${a.audit} </RetainOldAccessToken>`]),
      ];
      const lines = [
        `${i}<OAuth>`,
        ...(a.section ? [`${i}${i}<TokenCleanup>`, ...inner, `${i}${i}</TokenCleanup>`] : []),
        ...a.other.map(([name]) => `${i}${i}<${name}>1</${name}>`),
        `${i}</OAuth>`,
      ];
      return ['xml', server(lines.join('\n')).replaceAll('\n', a.feed)] as const;
    });

  const toml = fc
    .record({
      cleaning: fc.option(word),
      audit: fc.option(word),
      section: fc.boolean(),
      final: fc.boolean(),
      remark,
      feed,
      indent,
      other: fc.uniqueArray(fc.tuple(fc.stringMatching(/^[a-z]{3,8}x$/), remark), {
        selector: ([name]) => name,
        maxLength: 4,
      }),
      family: fc.boolean(),
    })
    .map((a) => {
      const i = a.indent;
      const lines = [
        `# ${a.remark}`,
        '[server]',
        ...a.other.map(([name, text]) => `${i}${name} = 1 #${text}`),
        ...(a.family ? ['', '[oauth]', 'y = "z"'] : []),
        ...(a.section ? ['', `${i}[oauth.token_cleanup] #${a.remark}`] : []),
        ...(a.section && a.cleaning !== null ? [`${i}enable = ${a.cleaning} # ${a.remark}`] : []),
        ...(a.section && a.audit !== null ? [`${i}"retain_access_tokens_for_auditing"="${a.audit}"`] : []),
        '',
        '[z]',
        `${i}z = 'z' # ${a.remark}`,
      ];
      return ['toml', lines.join(a.feed) + (a.final ? a.feed : '')] as const;
    });

  const wanted = fc
    .record({ cleaning: fc.boolean(), audit: fc.boolean() }, { requiredKeys: [] })
    .filter((one) => Object.keys(one).length > 0);
  const opposite = (one: Wanted): Wanted =>
    Object.fromEntries(Object.entries(one).map(([name, value]) => [name, !value]));
  const files = fc.oneof(xml, toml);

  test('the same change twice is one change', () => {
    fc.assert(
      fc.property(files, wanted, ([kind, text], one) => {
        const once = change(kind, text, one);
        expect(planChange(inMemory(kind, once), one).isNeeded).toBe(false);
      }),
    );
  });

  test('there, back and there again gives the same bytes', () => {
    fc.assert(
      fc.property(files, wanted, ([kind, text], one) => {
        const there = change(kind, text, one);
        const back = change(kind, there, opposite(one));
        expect(change(kind, back, one)).toBe(there);
      }),
    );
  });

  test('without the words and lines that were changed, the bytes are those of before', () => {
    fc.assert(
      fc.property(files, wanted, ([kind, text], one) => {
        const after = change(kind, text, one);
        const blank = (all: string): string => all.replace(/true|false/g, '?');
        const { changes } = planChange(inMemory(kind, text), one);
        const added = changes.filter(({ before }) => before === undefined).map(({ after: line }) => blank(line));
        const lines = blank(after).split(/(?<=\n)/);
        const rest = lines.filter((line) => !added.includes(line.replace(/\r?\n$/, '')));
        const squeeze = (all: string): string => all.replace(/(\r?\n)+/g, '$1').trimEnd();
        expect(squeeze(rest.join(''))).toBe(squeeze(blank(text)));
        // All line breaks stay of one kind, and a missing last one stays missing.
        expect(/(^|[^\r])\n/.test(after)).toBe(/(^|[^\r])\n/.test(text));
        expect(after.endsWith('\n')).toBe(text.endsWith('\n'));
      }),
    );
  });
});
