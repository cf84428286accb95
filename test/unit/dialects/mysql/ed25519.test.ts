import { createPrivateKey, sign } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { signScramble } from '../../../../src/dialects/mysql/ed25519.js';

/** What stands before the 32 bytes of a key in its usual file (RFC 8410). */
const header = Buffer.from('302e020100300506032b657004220420', 'hex');

test('a password of 32 bytes is a key of RFC 8032, and signs as Node does', () => {
  const password = fc.string({ minLength: 32, maxLength: 32, unit: 'grapheme-ascii' });
  const scramble = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(password, scramble, (secret, sent) => {
      const key = createPrivateKey({ key: Buffer.concat([header, Buffer.from(secret)]), format: 'der', type: 'pkcs8' });
      expect(signScramble(secret, sent).toString('hex')).toBe(sign(null, sent, key).toString('hex'));
    }),
    { numRuns: 30 },
  );
});

test('a password of any other length gives 64 bytes, too', () => {
  for (const password of ['', 'p', 'pä'.repeat(100)]) expect(signScramble(password, Buffer.alloc(32))).toHaveLength(64);
});
