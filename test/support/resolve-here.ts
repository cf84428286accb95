import dns from 'node:dns';

/** Whom the drivers' sockets ask for the address of a host. */
const lookUp = dns.lookup;

/** Has a name lead to 127.0.0.1 in this process, as a resolver would: a machine's own name leads anywhere. Returns how to end it. */
export function resolveHere(name: string): () => void {
  const lookUpHere = (host: string, ...more: unknown[]): unknown =>
    Reflect.apply(lookUp, dns, [host === name ? '127.0.0.1' : host, ...more]);
  Object.assign(dns, { lookup: lookUpHere });
  return () => void Object.assign(dns, { lookup: lookUp });
}
