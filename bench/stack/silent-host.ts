import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort, isListening, scriptArguments, serverEnvironment, waitUntil } from '../../local/supervisor';
import { type BenchStack } from './start-bench-stack';

/** An address at which nothing ever answers, as if a firewall swallowed all packets. */
export interface SilentHost {
  readonly address: { readonly host: string; readonly port: number };
  /** Ends it. */
  close(): Promise<void>;
}

const host = '127.0.0.1';
const startLimitMs = 10_000;
const connectMs = 250;
const mostFillers = 64;

/**
 * Starts a host that swallows packets: a process that listens and is stopped, with its queue of new connections filled.
 * The system then drops every further one without an answer.
 */
export async function startSilentHost({ supervisor, home }: BenchStack): Promise<SilentHost> {
  const port = await findFreePort();
  const listener = await supervisor.start({
    name: 'silent-host',
    command: process.execPath,
    args: [...scriptArguments(path.join(__dirname, 'silent-host-process')), String(port)],
    env: serverEnvironment(),
    logFile: path.join(home, 'silent-host.log'),
  });
  await waitUntil(() => isListening(port), { limitMs: startLimitMs });
  process.kill(listener.pid, 'SIGSTOP');
  const fillers = await fillQueue(port);
  return {
    address: { host, port },
    close: async () => {
      for (const filler of fillers) filler.destroy();
      process.kill(listener.pid, 'SIGKILL'); // the only signal that a stopped process heeds
      await listener.exited;
    },
  };
}

/** Connects until nobody is let in any more. */
async function fillQueue(port: number): Promise<Socket[]> {
  const fillers: Socket[] = [];
  while (fillers.length < mostFillers) {
    const socket = connect({ host, port });
    socket.on('error', () => undefined);
    fillers.push(socket);
    const isIn = await Promise.race([once(socket, 'connect').then(() => true), sleep(connectMs, false)]);
    if (!isIn) return fillers;
  }
  throw new Error('The stopped listener goes on letting connections in: this system cannot swallow packets that way.');
}
