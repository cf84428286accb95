import { readFileSync } from 'node:fs';
import { UsageError } from '../errors.js';

const mask = '***';

/** Variables that the vendors' own clients take a password from, by what the URL's scheme begins with. */
const vendorVariables = [
  { schemes: /^postgres/i, variable: 'PGPASSWORD' },
  { schemes: /^(my|maria)/i, variable: 'MYSQL_PWD' },
];

export interface PasswordSources {
  readonly url: string;
  readonly passwordFile?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The password: from the password file, else DEEPCLEAN_PASSWORD, else the URL, else the variable that the vendor's own
 * client reads. An empty one counts as not given.
 *
 * @throws UsageError where the password file cannot be read or is empty
 */
export function resolvePassword({ url, passwordFile, env }: PasswordSources): string | undefined {
  if (passwordFile) return readPasswordFile(passwordFile);
  const vendor = vendorVariables.find(({ schemes }) => schemes.test(url));
  return env.DEEPCLEAN_PASSWORD || passwordIn(url) || (vendor && env[vendor.variable]) || undefined;
}

function readPasswordFile(file: string): string {
  const next = 'Check the path and its permissions; the file holds the password and nothing else.';
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`The password file ${file} cannot be read.`, { cause, next });
  }
  const password = text.replace(/\r?\n$/, '');
  if (password === '') throw new UsageError(`The password file ${file} is empty.`, { next });
  return password;
}

function passwordIn(url: string): string {
  const authority = /^[^/]*:\/\/([^/?#]*)@/.exec(url)?.[1] ?? '';
  const colon = authority.indexOf(':');
  if (colon >= 0 && colon < authority.length - 1) return decode(authority.slice(colon + 1));
  return new URLSearchParams(/\?(.*)$/s.exec(url)?.[1] ?? '').get('password') ?? '';
}

/** Replaces secrets by ***, however they are percent-encoded, and those in any URL within the text. */
export function redact(text: string, secrets: readonly (string | undefined)[]): string {
  const plain = new Set(secrets.flatMap((secret) => (secret ? [secret, decode(secret)] : [])));
  // The longest first, so that no secret is cut by a shorter one that it contains.
  const patterns = [...plain]
    .sort((one, other) => other.length - one.length)
    .map((secret) => (secret.length < safeLength ? standingAlone(anySpelling(secret)) : anySpelling(secret)));
  const masked = patterns.length > 0 ? text.replace(new RegExp(patterns.join('|'), 'gu'), mask) : text;
  // A password in braces, as SQL Server's JDBC URLs have it, may hold blanks.
  return masked.replace(/(?:jdbc:|[a-z][a-z0-9+.-]*:\/\/)(?:=\{(?:[^}]|\}\})*\}|[^\s"'`<>])+/gi, redactUrl);
}

/** An option that is named like a secret, with an @ in its value. */
const secretWithAt = /[?&;][^=&;]*(?:pass|pwd|secret|key|token)[^=&;]*=[^&;]*@/i;

/** Replaces the password, and every option named like a secret, by ***; the URL need not be well formed. */
export function redactUrl(url: string): string {
  // An @ in it would be taken for the end of a login, and what stands behind it would stay.
  if (secretWithAt.test(url)) return `${/^(?:jdbc:)?[^:/?#]*:(?:\/\/)?/i.exec(url)?.[0] ?? ''}${mask}`;
  return redactOptions(/^jdbc:oracle:/i.test(url) ? redactOracleLogin(url) : redactUserInfo(url));
}

/**
 * An unencoded password may contain any of `/ ? # @ :`, so everything from the first colon to the last @ is taken for
 * it: too much may be hidden in an odd URL, never too little.
 */
function redactUserInfo(url: string): string {
  const start = /^(?:jdbc:)?[^:/?#]*:\/\//i.exec(url)?.[0].length ?? 0;
  const at = url.lastIndexOf('@');
  const colon = url.indexOf(':', start);
  return colon >= 0 && colon + 1 < at ? `${url.slice(0, colon + 1)}${mask}${url.slice(at)}` : url;
}

/** `jdbc:oracle:thin:user/password@…` */
const redactOracleLogin = (url: string): string => url.replace(/^(jdbc:oracle:[^:/@]*:[^/@]*\/).*(?=@)/is, `$1${mask}`);

function redactOptions(url: string): string {
  // Between SQL Server's options stand semicolons; elsewhere one may be part of a password.
  const value = /^jdbc:(jtds:)?sqlserver:/i.test(url) ? /\{(?:[^}]|\}\})*\}|[^;]*/ : /'[^']*'|[^&\s]*/;
  const option = new RegExp(`(^|[?&;\\s])([^=&;?\\s]+)=(?:${value.source})`, 'g');
  return url.replace(option, (whole, before: string, name: string) =>
    /pass|pwd|secret|key|token/i.test(decode(name)) ? `${before}${name}=${mask}` : whole,
  );
}

/** One that is shorter is found within other words too; masked there, it could be read off what is missing. */
const safeLength = 4;

const standingAlone = (pattern: string): string => `(?<![\\p{L}\\p{N}])${pattern}(?![\\p{L}\\p{N}])`;

/** Each character as it is, or escaped as in a URL or in JSON: encoders differ in which ones they escape. */
const anySpelling = (secret: string): string =>
  [...secret].map((letter) => `(?:${[letter, inJson(letter)].map(verbatim).join('|')}|${inUrl(letter)})`).join('');

const verbatim = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

const inJson = (letter: string): string => JSON.stringify(letter).slice(1, -1);

/** The bytes of a character, with hex digits in either case. */
function inUrl(letter: string): string {
  const bytes = Buffer.from(letter, 'utf8').toString('hex').match(/../g) ?? [];
  const encoded = bytes.map((byte) => `%${byte.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)}`);
  return letter === ' ' ? `${encoded.join('')}|\\+` : encoded.join('');
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A lone % is what somebody typed, not an escape.
    return text;
  }
}
