import { createHash } from 'node:crypto';
import { Point } from '@noble/ed25519';

/**
 * MariaDB's login `ed25519`, which the driver lacks. It is the signature of RFC 8032, but the password stands in place of
 * a random key of 32 bytes, so Node's own signature does not take it.
 * https://mariadb.com/docs/server/reference/plugins/authentication-plugins/authentication-plugin-ed25519
 */

const { n: order } = Point.CURVE();

/** The signature of what the server sent. @param scramble 32 bytes @returns 64 bytes */
export function signScramble(password: string, scramble: Uint8Array): Buffer {
  const hash = sha512(Buffer.from(password, 'utf8'));
  const secret = numberIn(clamped(hash.subarray(0, 32)));
  const publicKey = Point.BASE.multiply(secret).toBytes();
  const nonce = numberIn(sha512(hash.subarray(32), scramble));
  const commitment = Point.BASE.multiply(nonce).toBytes();
  const challenge = numberIn(sha512(commitment, publicKey, scramble));
  return Buffer.concat([commitment, bytesOf((nonce + challenge * secret) % order)]);
}

const sha512 = (...parts: readonly Uint8Array[]): Buffer => createHash('sha512').update(Buffer.concat(parts)).digest();

/** Bits that RFC 8032 sets and clears in every secret. */
function clamped(bytes: Uint8Array): Uint8Array {
  const [first = 0, last = 0] = [bytes.at(0), bytes.at(31)];
  return Uint8Array.of(first & 0xf8, ...bytes.subarray(1, 31), (last & 0x7f) | 0x40);
}

/** The lowest byte comes first. */
const numberIn = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`) % order;

const bytesOf = (number: bigint): Buffer => Buffer.from(number.toString(16).padStart(64, '0'), 'hex').reverse();
