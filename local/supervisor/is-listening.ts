import { connect } from 'node:net';

const LIMIT_MS = 2_000;

/** Whether something accepts connections on the port of the loopback address. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const answer = (listening: boolean) => () => {
      socket.destroy();
      resolve(listening);
    };
    socket.once('connect', answer(true)).once('error', answer(false)).setTimeout(LIMIT_MS, answer(false));
  });
}
