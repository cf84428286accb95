import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unprivilegedUser } from '../../src/programs/find.js';

/** Files of a server's certificate, and of the authority that signed it; nobody else trusts that one. */
export interface Certificates {
  readonly folder: string;
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
  remove(): void;
}

/** @param name the only host name that the certificate holds */
export function makeCertificates(name: string): Certificates {
  const folder = mkdtempSync(join(tmpdir(), 'deepclean-tls-'));
  const at = (file: string): string => join(folder, file);
  const openssl = (...words: string[]): void => void execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' });
  const newKey = ['-newkey', 'rsa:2048', '-nodes', '-days', '2'];
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    'authority.key',
    '-out',
    'authority.pem',
    '-subj',
    '/CN=deepclean tests',
  );
  openssl('req', ...newKey, '-keyout', 'server.key', '-out', 'server.csr', '-subj', `/CN=${name}`);
  writeFileSync(at('names'), `subjectAltName=DNS:${name}\n`);
  const signed = ['-CA', 'authority.pem', '-CAkey', 'authority.key', '-CAcreateserial', '-days', '2'];
  openssl('x509', '-req', '-in', 'server.csr', ...signed, '-extfile', 'names', '-out', 'server.pem');
  chmodSync(folder, 0o755);
  chmodSync(at('server.key'), 0o600);
  // PostgreSQL wants the key of the user that it runs as.
  const user = unprivilegedUser();
  if (user !== undefined) chownSync(at('server.key'), user.uid, user.gid);
  return {
    folder,
    authority: at('authority.pem'),
    certificate: at('server.pem'),
    key: at('server.key'),
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** A file for the tests' eyes only, as password files must be. */
export function writePrivate(folder: string, name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  chmodSync(file, 0o600);
  return file;
}
