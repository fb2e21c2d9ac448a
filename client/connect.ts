import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import { createSecretsManagerClient, SecretsManagerStore } from '../adapters/secrets-manager';
import { TemporalUnavailableError } from './errors';
import { RotationClient } from './rotation-client';

/** Where Temporal is. Secrets Manager's address and credentials come from the AWS SDK's own environment. */
export interface ConnectOptions {
  readonly temporal: ConnectionOptions;
  readonly namespace: string;
  readonly taskQueue: string;
  /** Who asks: kept by Temporal with each request, and by a rotation with each decision. @defaultValue process and machine */
  readonly identity?: string;
}

/** A client with the connections that it owns. */
export interface ConnectedRotationClient {
  readonly client: RotationClient;
  /** Ends both connections. */
  readonly close: () => Promise<void>;
}

/**
 * Connects to Temporal and Secrets Manager.
 *
 * @throws TemporalUnavailableError when Temporal does not answer within five seconds.
 */
export async function connectRotationClient(options: ConnectOptions): Promise<ConnectedRotationClient> {
  const { namespace, taskQueue, identity } = options;
  const connection = await connect(options.temporal);
  const secretsManager = createSecretsManagerClient();
  const temporal = new Client({ connection, namespace, ...(identity === undefined ? {} : { identity }) });
  return {
    client: new RotationClient({ temporal, taskQueue, store: new SecretsManagerStore({ client: secretsManager }) }),
    close: async () => {
      secretsManager.destroy();
      await connection.close();
    },
  };
}

async function connect(options: ConnectionOptions): Promise<Connection> {
  try {
    return await Connection.connect({ connectTimeout: '5 seconds', ...options });
  } catch {
    throw new TemporalUnavailableError(
      `Temporal at ${options.address ?? 'localhost:7233'} is not reachable. Start it (\`rotor dev\` brings one), or set ` +
        'TEMPORAL_ADDRESS.',
    );
  }
}
