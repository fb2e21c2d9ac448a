import { type ConnectionOptions } from 'node:tls';
import { Client, type ClientConfig, Connection } from 'pg';
import { type ConnectionSecret } from '../../rotation/secret-value';
import { mostIterations } from './scram-verifier';

/** Where a secret does not say. */
export const defaultPort = 5432;

/** Where a secret does not say; every server has it. */
export const defaultDatabase = 'postgres';

/** How to connect, beside the credential. */
export interface ClientSettings {
  /** How long to wait for the sign-in, and then for each answer that comes before a change. */
  readonly connectTimeoutMs: number;
  readonly applicationName: string;
  /** Authorities to trust instead of Node's own, in PEM, where the credential names none. */
  readonly ca?: string;
}

/** A client of the driver's, and the connection below it, which tells how the sign-in goes. */
export interface PgClient {
  readonly client: Client;
  readonly connection: Connection;
}

/**
 * A driver's client for one credential, not connected yet.
 *
 * Every field is given, and the ones sent to the server are chosen here, so that no `PG…` variable of the environment
 * and no password file can change anything. Nor can Node's own switch turn the certificate's check off.
 */
export function createPgClient(credential: ConnectionSecret, settings: ClientSettings): PgClient {
  const ssl = credential.tls ? verifiedTls(credential.ca ?? settings.ca) : false;
  const connection = new Connection({ ssl, sslnegotiation: 'postgres', keepAlive: true });
  const config: ClientConfig & { connection: Connection; scramMaxIterations: number } = {
    connection,
    host: credential.host,
    port: credential.port ?? defaultPort,
    user: credential.username,
    password: credential.password.reveal(),
    database: credential.dbname ?? defaultDatabase,
    ssl,
    sslnegotiation: 'postgres',
    client_encoding: 'UTF8',
    application_name: settings.applicationName,
    connectionTimeoutMillis: settings.connectTimeoutMs,
    scramMaxIterations: mostIterations,
  };
  const client = new PlainStartupClient(config);
  // Without a listener a backend that ends while nothing runs would end this process. The next call reports it.
  client.on('error', () => undefined);
  return { client, connection };
}

function verifiedTls(ca: string | undefined): ConnectionOptions {
  return { rejectUnauthorized: true, minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) };
}

/**
 * The driver would add what `PGOPTIONS` and `PGREPLICATION` say, and settings that poolers refuse. What this sends is
 * all that there is.
 */
class PlainStartupClient extends Client {
  readonly #applicationName: string | undefined;

  constructor(config: ClientConfig) {
    super(config);
    this.#applicationName = config.application_name;
  }

  /** Called by the driver for the startup message. */
  getStartupConf(): Record<string, string | undefined> {
    return { user: this.user, database: this.database, application_name: this.#applicationName };
  }
}
