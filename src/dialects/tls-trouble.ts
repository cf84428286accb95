/** Why an encrypted connection was not established, in the same words for every vendor. */

/** What a vendor's URL says about TLS. */
export interface TlsWords {
  /** Names the file with the certificate of the authority: `sslrootcert=ca.pem`. */
  readonly authority: string;
  /** The certificate is verified, but not its name. */
  readonly anyName: string;
  /** Encrypted, and nothing is verified. */
  readonly unverified: string;
  readonly off: string;
}

export interface TlsTrouble {
  readonly what: string;
  readonly next: string;
}

/** What has gone wrong, if it is one of the usual things. @param signs code and message of the error */
export function tlsTrouble(signs: string, { authority, anyName, unverified, off }: TlsWords): TlsTrouble | undefined {
  const otherwise = `Or put ${unverified} in the URL (encrypted, but not verified), or ${off} (not encrypted).`;
  const troubles: readonly (TlsTrouble & { readonly signs: RegExp })[] = [
    {
      signs: /not support (SSL|secure) conn/i,
      what: 'The server offers no encrypted connection (TLS)',
      next: `Have TLS switched on at the server; or, if the network can be trusted, put ${off} in the URL.`,
    },
    {
      signs: /ALTNAME_INVALID|does not match certificate/i,
      what: 'The certificate of the server (TLS) has another name than the host in the URL',
      next: `Write the host as the certificate names it; or put ${anyName} in the URL: the certificate is verified, its name is not.`,
    },
    {
      signs: /CERT_HAS_EXPIRED|certificate has expired/i,
      what: 'The certificate of the server (TLS) has expired',
      next: `Have it renewed. ${otherwise}`,
    },
    {
      signs: /SELF_SIGNED|self.signed|UNABLE_TO_(GET|VERIFY)|unable to (get|verify)|CERT_(UNTRUSTED|REJECTED)/i,
      what: 'The certificate of the server (TLS) is not trusted on this machine',
      next: `Put ${authority} in the URL, a file with the certificate of the authority that signed it. ${otherwise}`,
    },
  ];
  return troubles.find((trouble) => trouble.signs.test(signs));
}
