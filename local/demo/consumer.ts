import { type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { asDatabaseUser, readDemoSecret } from '../stack';

/** How the consumer's queries went. */
export interface QueryCount {
  readonly succeeded: number;
  readonly failed: number;
}

/** An application at work. */
export interface Consumer {
  /** The count from now on starts at zero. */
  startCounting(): void;
  /** The queries that ended since. */
  count(): QueryCount;
  /** Resolves when a query that begins from now on succeeds. */
  nextSuccess(): Promise<void>;
  /** Lets the query under way end. */
  stop(): Promise<void>;
}

/** Reads the secret, signs in and queries the table, again and again, as an application without any cache does. */
export function startConsumer(secretsManager: SecretsManagerClient): Consumer {
  const count = { succeeded: 0, failed: 0 };
  const waiting = new Set<() => void>();
  const state = { stopping: false };

  const work = async (): Promise<void> => {
    while (!state.stopping) {
      const waitedFor = [...waiting];
      const succeeded = await query(secretsManager);
      count[succeeded ? 'succeeded' : 'failed'] += 1;
      for (const tell of succeeded ? waitedFor : []) {
        waiting.delete(tell);
        tell();
      }
    }
  };
  const done = work();

  return {
    startCounting: () => Object.assign(count, { succeeded: 0, failed: 0 }),
    count: () => ({ ...count }),
    nextSuccess: () => new Promise((resolve) => waiting.add(resolve)),
    stop: () => {
      state.stopping = true;
      return done;
    },
  };
}

async function query(secretsManager: SecretsManagerClient): Promise<boolean> {
  const secret = await readDemoSecret(secretsManager);
  if (!secret) return false;
  try {
    await asDatabaseUser(secret, (client) => client.query('INSERT INTO visits DEFAULT VALUES'));
    return true;
  } catch {
    return false;
  }
}
