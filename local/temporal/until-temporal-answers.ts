import { Connection } from '@temporalio/client';
import { isListening, lastLines, waitUntil, type SupervisedProcess } from '../supervisor';
import { TemporalNotStartedError } from './errors';

/** A server that has been started and may not answer yet. */
export interface StartingTemporal {
  /** Host and port for clients. */
  address: string;
  /** The port again. */
  port: number;
  /** The namespace that has to exist. */
  namespace: string;
  /** Where it prints. */
  logFile: string;
  /** The server process. */
  process: SupervisedProcess;
}

/** An answer takes half a second on an idle machine; a large file after a crash on a busy one takes longer. */
const LIMIT_MS = 40_000;
const ATTEMPT_MS = 2_000;

/**
 * Resolves when the server answers for its namespace; a server that does not is stopped.
 *
 * @throws {@link TemporalNotStartedError} with the last lines of its log, when it ends first or the limit passes
 */
export async function untilTemporalAnswers(server: StartingTemporal): Promise<void> {
  let ended: string | undefined;
  void server.process.exited.then(({ code, signal }) => {
    ended = `ended with ${signal ?? `exit code ${code ?? 'unknown'}`}`;
  });
  const settled = await waitUntil(async () => ended !== undefined || (await answers(server)), { limitMs: LIMIT_MS });
  if (settled && ended === undefined) return;

  await server.process.stop();
  const reason = ended ?? `does not answer at ${server.address} after ${LIMIT_MS / 1_000} seconds`;
  throw new TemporalNotStartedError({ logFile: server.logFile, reason, log: await lastLines(server.logFile) });
}

async function answers({ address, port, namespace }: StartingTemporal): Promise<boolean> {
  if (!(await isListening(port))) return false; // gRPC would back off for seconds
  try {
    const connection = await Connection.connect({ address, connectTimeout: ATTEMPT_MS });
    try {
      await connection.withDeadline(Date.now() + ATTEMPT_MS, () =>
        connection.workflowService.describeNamespace({ namespace }),
      );
    } finally {
      await connection.close();
    }
    return true;
  } catch {
    return false;
  }
}
