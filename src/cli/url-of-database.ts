/** The same server's URL with another database; text is changed as little as possible, since drivers differ in what they take. */
export function urlOfDatabase(url: string, database: string): string {
  const [, server = url, options = ''] = /^([^:]+:\/\/[^/?#]*)(?:\/[^?#]*)?(\?.*)?$/s.exec(url) ?? [];
  // Some drivers take the name from an option, too, and that counts more.
  const kept = options.replace(/([?&])dbname=[^&]*&?/, '$1').replace(/[?&]$/, '');
  return `${server}/${encodeURIComponent(database)}${kept}`;
}
