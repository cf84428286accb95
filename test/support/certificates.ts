import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unprivilegedUser } from './engines/programs.js';

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
  const make = (file: string, subject: string, ...more: string[]): void => {
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
    const files = ['-keyout', at(`${file}.key`), '-out', at(`${file}.pem`)];
    execFileSync('openssl', ['req', '-x509', ...kind, ...files, '-subj', `/CN=${subject}`, ...more], { stdio: 'pipe' });
  };
  make('authority', 'deepclean tests');
  const signed = ['-CA', at('authority.pem'), '-CAkey', at('authority.key')];
  make('server', name, ...signed, '-addext', `subjectAltName=DNS:${name}`, '-addext', 'basicConstraints=CA:FALSE');
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
