import { Client } from 'pg';
import { isListening, lastLines, waitUntil, type SupervisedProcess } from '../supervisor';
import { PostgresNotStartedError } from './errors';

/** A server that has been started and may not answer yet. */
export interface StartingPostgres {
  /** Its host. */
  host: string;
  /** Its port. */
  port: number;
  /** Who signs in. */
  superuser: { username: string; password: string };
  /** Where it prints. */
  logFile: string;
  /** The server process. */
  process: SupervisedProcess;
}

/** A start takes a tenth of a second; recovery after a crash may take longer. */
const LIMIT_MS = 40_000;
const ATTEMPT_MS = 5_000;

/**
 * Resolves when the superuser signs in; a server that does not let him is stopped.
 *
 * @throws {@link PostgresNotStartedError} with the last lines of its log, when it ends first or the limit passes
 */
export async function untilSignsIn(server: StartingPostgres): Promise<void> {
  let ended: string | undefined;
  void server.process.exited.then(({ code, signal }) => {
    ended = `ended with ${signal ?? `exit code ${code ?? 'unknown'}`}`;
  });
  let refused = '';
  const settled = await waitUntil(
    async () => {
      if (ended !== undefined) return true;
      refused = (await whyNoSignIn(server)) ?? '';
      return refused === '';
    },
    { limitMs: LIMIT_MS },
  );
  if (settled && ended === undefined) return;

  await server.process.stop();
  const reason = ended ?? `lets nobody sign in after ${LIMIT_MS / 1_000} seconds (${refused})`;
  throw new PostgresNotStartedError({ logFile: server.logFile, reason, log: await lastLines(server.logFile) });
}

async function whyNoSignIn({ host, port, superuser }: StartingPostgres): Promise<string | undefined> {
  if (!(await isListening(port))) return 'it does not listen';
  const { username: user, password } = superuser;
  const connectionTimeoutMillis = ATTEMPT_MS;
  const client = new Client({ host, port, user, password, database: 'postgres', ssl: false, connectionTimeoutMillis });
  client.on('error', () => undefined); // a server that ends now is noticed by its process
  try {
    await client.connect();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'unknown';
  } finally {
    await client.end().catch(() => undefined);
  }
}
