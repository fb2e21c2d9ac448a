import { createServer, type Server } from 'node:net';
import { errorCode } from './error-code';
import { PortTakenError } from './errors';

/** A port that a server is about to be given, and what to say when it is not free. */
export interface PortRequest {
  /** The port on the loopback address. */
  port: number;
  /** The server it is for, as the operator knows it: "PostgreSQL". */
  purpose: string;
  /** The command line flag that moves it, when there is one. */
  flag?: string | undefined;
}

/**
 * Resolves when nothing listens on the port of the loopback address.
 *
 * Another program may still take the port afterwards, so the server's own failure has to be handled as well.
 *
 * @throws {@link PortTakenError}
 */
export async function assertPortFree({ port, purpose, flag }: PortRequest): Promise<void> {
  try {
    await close(await listen(port));
  } catch (error) {
    if (errorCode(error) === 'EADDRINUSE') throw new PortTakenError({ port, purpose, flag });
    throw error;
  }
}

/** Finds a port of the loopback address that is free now; nothing reserves it. */
export async function findFreePort(): Promise<number> {
  const server = await listen(0);
  const address = server.address();
  await close(server);
  if (address === null || typeof address === 'string') throw new Error('the operating system gave no port');
  return address.port;
}

function listen(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1' }, () => {
      resolve(server);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
  });
}
