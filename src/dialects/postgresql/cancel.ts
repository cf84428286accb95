import { once } from 'node:events';
import { connect } from 'node:net';

/** What a request to cancel begins with instead of a version of the protocol. */
const cancelCode = 80_877_102;

/** How long the server may take to answer, milliseconds. */
const answerMs = 5000;

/** A session: where its server is, and what that gave it at its start. */
export interface CancelTarget {
  readonly host: string;
  readonly port: number;
  readonly processID: number;
  readonly secretKey: number;
}

/**
 * Asks the server to end what a session is doing, by the protocol's own request on a connection of its own: it needs no
 * login, and a pooler leads it to the right server. The server closes the connection once it has taken note.
 */
export async function cancelQuery({ host, port, processID, secretKey }: CancelTarget): Promise<void> {
  const socket = connect(host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(answerMs) });
    const message = Buffer.alloc(16);
    for (const [at, value] of [message.length, cancelCode, processID, secretKey].entries()) {
      message.writeInt32BE(value, 4 * at);
    }
    socket.end(message);
    socket.resume();
    await once(socket, 'close', { signal: AbortSignal.timeout(answerMs) });
  } finally {
    socket.destroy();
  }
}
