import { readFileSync } from 'node:fs';
import type { ClientConfig } from 'pg';
import { UsageError } from '../../errors.js';
import { isLocalHost } from '../connection-url.js';
import type { Settings } from './connection-settings.js';

const sslModes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;

export type SslMode = (typeof sslModes)[number];

/** How the connection is encrypted: as it was said, else verified unless the host is this machine. @throws UsageError */
export function readSslMode(settings: Settings, host: string): SslMode {
  // A socket never leaves the machine.
  if (host.startsWith('/')) return 'disable';
  const text = settings.get('sslmode');
  if (text === undefined && !isLocalHost(host)) return 'verify-full';
  // A certificate authority is given in order to be checked.
  if (text === undefined) return settings.said('sslrootcert') === undefined ? 'prefer' : 'verify-ca';
  const mode = sslModes.find((one) => one === text);
  if (mode === undefined) {
    throw new UsageError(`sslmode=${text} is not known.`, {
      next: `Allowed are ${sslModes.join(', ')}, in the URL and in PGSSLMODE.`,
    });
  }
  return mode === 'require' && settings.get('sslrootcert') !== undefined ? 'verify-ca' : mode;
}

/** The driver's settings for TLS; reads the certificate files. @throws UsageError */
export function tlsOptions(mode: SslMode, settings: Settings): NonNullable<ClientConfig['ssl']> {
  if (mode === 'disable' || mode === 'allow') return false;
  const files = { ca: settings.get('sslrootcert'), cert: settings.get('sslcert'), key: settings.get('sslkey') };
  const read = Object.entries(files).flatMap(([name, file]) =>
    // libpq's word for the certificates that come with the system.
    file === undefined || (name === 'ca' && file === 'system') ? [] : [[name, readPem(file)]],
  );
  return {
    ...Object.fromEntries(read),
    rejectUnauthorized: mode === 'verify-ca' || mode === 'verify-full',
    ...(mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
  };
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const next =
      'Check sslrootcert, sslcert and sslkey in the URL or the environment, and the permissions of the file.';
    throw new UsageError(`The certificate or key file ${file} cannot be read.`, { cause, next });
  }
}
