/** What a signature is about: which review, who says so, and when. A signature by itself holds no time and no name. */
export interface Signing {
  /** SHA-256 of the statement. */
  readonly review: string;
  /** SHA-256 of the page that was read. */
  readonly page: string;
  /** As the signer wrote it. */
  readonly name: string;
  /** UTC by the signer's clock, ISO 8601 in whole seconds. */
  readonly at: string;
}

const form =
  /^deepclean review\nreview\.json SHA-256: ([0-9a-f]{64})\nreview\.html SHA-256: ([0-9a-f]{64})\nSigned by: ([^\p{C}]{1,100})\nSigned at: (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)\n$/u;

/** The text that is signed. */
export const signedText = ({ review, page, name, at }: Signing): string =>
  `deepclean review\nreview.json SHA-256: ${review}\nreview.html SHA-256: ${page}\nSigned by: ${name}\nSigned at: ${at}\n`;

/** Undefined unless it is such a text, to the last character. */
export function parseSignedText(text: string): Signing | undefined {
  const [, review, page, name, at] = form.exec(text) ?? [];
  if (review === undefined || page === undefined || name === undefined || at === undefined) return undefined;
  return { review, page, name, at };
}

/** Whether a name can stand in such a text: on one line, visible, of at most 100 characters. */
export const isName = (name: string): boolean => /^[^\p{C}]{1,100}$/u.test(name) && name.trim() === name;
