/**
 * The guardian: a detached process that owns the servers and outlives whoever asked for them.
 *
 * It lives as long as its channel to the parent. When the channel closes, for whatever reason, it ends every server and
 * leaves. Its one argument is the folder in which it writes down what it runs.
 */
import path from 'node:path';
import { GuardedProcesses } from './guarded-processes';
import { type GuardianMessage, type GuardianRequest } from './guardian-protocol';
import { recordGuardian } from './guardian-record';

const folder = path.resolve(process.argv[2] ?? '.');
const processes = new GuardedProcesses({
  folder,
  onExit: (key, exit) => {
    send({ kind: 'exited', key, ...exit });
  },
});
let leaving: Promise<void> | undefined;

function send(message: GuardianMessage): void {
  // A parent that is gone cannot be told anything; the closed channel is dealt with by itself.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

function leave(exitCode: number): Promise<void> {
  leaving ??= processes.stopAll().finally(() => process.exit(exitCode));
  return leaving;
}

async function answer(request: GuardianRequest): Promise<void> {
  switch (request.kind) {
    case 'start': {
      if (leaving !== undefined) throw new Error('the servers are being stopped');
      send({ id: request.id, kind: 'started', pid: await processes.start(request.key, request.spec) });
      return;
    }
    case 'stop': {
      await processes.stop(request.key);
      send({ id: request.id, kind: 'done' });
      return;
    }
    case 'close':
      await leave(0);
  }
}

process.on('message', (request: GuardianRequest) => {
  answer(request).catch((error: unknown) => {
    send({ id: request.id, kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
  });
});
process.on('disconnect', () => void leave(0));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void leave(0));
process.on('uncaughtException', (error) => {
  console.error(error);
  void leave(1);
});

recordGuardian(folder);
send({ kind: 'ready' });
