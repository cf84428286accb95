import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'mysql2/promise';
import { UsageError } from '../../errors.js';
import { isLocalHost } from '../connection-url.js';

const sslModes = ['DISABLED', 'PREFERRED', 'REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'] as const;

export type SslMode = (typeof sslModes)[number];

/** Where options about TLS come from, and where they lead. */
export interface TlsRequest {
  /** What the URL says. */
  readonly given: ReadonlyMap<string, string>;
  /** What counts if the URL does not say it. */
  readonly file: ReadonlyMap<string, string>;
  readonly host: string;
  readonly isSocket: boolean;
}

/** How the connection is encrypted: as it was said, else verified unless the host is this machine. @throws UsageError */
export function readSslMode({ given, file, host, isSocket }: TlsRequest): SslMode {
  // A socket never leaves the machine.
  const text = given.get('ssl-mode') ?? (isSocket ? undefined : file.get('ssl-mode'));
  if (text === undefined) {
    const isLocal = isSocket || isLocalHost(host);
    // The driver compares the certificate with names, not with addresses.
    if (!isLocal) return isIP(host) === 0 ? 'VERIFY_IDENTITY' : 'VERIFY_CA';
    // A certificate authority is given in order to be checked.
    return given.has('ssl-ca') ? 'VERIFY_CA' : isSocket ? 'DISABLED' : 'PREFERRED';
  }
  const mode = sslModes.find((one) => one === text.toUpperCase().replaceAll('-', '_'));
  if (mode === undefined) {
    throw new UsageError(`ssl-mode=${text} is not known.`, { next: `Allowed are ${sslModes.join(', ')}.` });
  }
  return mode;
}

/** The driver's settings for TLS; reads the certificate files. @throws UsageError */
export function tlsOptions(mode: SslMode, { given, file, host }: TlsRequest): ConnectionOptions['ssl'] {
  if (mode === 'DISABLED') return undefined;
  if (mode === 'VERIFY_IDENTITY' && isIP(host) !== 0) {
    const next = 'Write the name that the certificate holds, or use ssl-mode=VERIFY_CA.';
    throw new UsageError(`ssl-mode=VERIFY_IDENTITY compares the host's name, but the URL has the address ${host}.`, {
      next,
    });
  }
  const files = {
    ca: given.get('ssl-ca') ?? file.get('ssl-ca'),
    cert: given.get('ssl-cert'),
    key: given.get('ssl-key'),
  };
  const read = Object.entries(files).flatMap(([name, path]) =>
    path === undefined ? [] : [[name, readPem(name, path)]],
  );
  return {
    ...Object.fromEntries(read),
    rejectUnauthorized: mode === 'VERIFY_CA' || mode === 'VERIFY_IDENTITY',
    verifyIdentity: mode === 'VERIFY_IDENTITY',
  };
}

function readPem(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new UsageError(`The file of ssl-${name}, ${file}, cannot be read.`, {
      cause,
      next: 'Check the path and its permissions.',
    });
  }
}
