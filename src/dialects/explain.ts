/** A property of an error that is text, or ''. */
export const textIn = (error: unknown, name: string): string => {
  const value = valueIn(error, name);
  return typeof value === 'string' ? value : '';
};

/** A property of an error that is a number above 0, also as text. */
export const numberIn = (error: unknown, name: string): number | undefined => {
  const value = Number(valueIn(error, name));
  return value > 0 ? value : undefined;
};

const valueIn = (error: unknown, name: string): unknown =>
  typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[name] : undefined;

/** As Node numbers what becomes of a socket. */
const lostSocket = /^(ECONN\w*|EPIPE|ETIMEDOUT)$/;
const lostInWords = /terminated|terminating|connection .*(closed|lost|ended)|closed state|not queryable/i;

/** The connection is gone: the socket says so, or the driver by one of its own codes, or in words. */
export const isLost = (error: unknown, codes?: RegExp): boolean => {
  const code = textIn(error, 'code');
  return lostSocket.test(code) || codes?.test(code) === true || lostInWords.test(textIn(error, 'message'));
};
