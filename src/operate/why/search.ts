import { createHash } from 'node:crypto';

/** What a row is looked for by. Nothing of it is ever printed. */
export interface Search {
  /** Identifiers, as columns hold them. */
  readonly values: readonly string[];
  /** Hashes of tokens or codes, in hexadecimal digits. */
  readonly hashes: readonly string[];
  /** The values are secrets: also columns that hold the token or the code are looked at. */
  readonly isSecret: boolean;
}

/** By the length of a hash in hexadecimal digits. */
const algorithms: Readonly<Record<number, string>> = { 40: 'SHA-1', 64: 'SHA-256', 96: 'SHA-384', 128: 'SHA-512' };

/** An identifier from the command line: an id, a path or a hash. */
export const searchFor = (identifier: string): Search => ({
  values: [identifier],
  hashes: /^[0-9a-f]+$/i.test(identifier) && identifier.length in algorithms ? [identifier.toLowerCase()] : [],
  isSecret: false,
});

/** A token or a code. Of a JWT, the product keeps the id that it holds. */
export function searchForSecret(token: string): Search {
  const id = idInJwt(token);
  const values = id === undefined ? [token] : [token, id];
  return { values, hashes: values.map((value) => createHash('sha256').update(value).digest('hex')), isSecret: true };
}

/** Three parts with dots between, the first of which is a JSON object. */
export const isJwt = (text: string): boolean => /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/.test(text);

function idInJwt(token: string): string | undefined {
  if (!isJwt(token)) return undefined;
  try {
    const { jti } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof jti === 'string' && jti !== '' ? jti : undefined;
  } catch {
    return undefined;
  }
}

/** A hash as the product writes it: by itself, or in a JSON object, whose names stand in no fixed order. */
export function writtenHashes(hash: string): readonly string[] {
  const algorithm = algorithms[hash.length] ?? '';
  return [hash, JSON.stringify({ hash, algorithm }), JSON.stringify({ algorithm, hash })];
}
