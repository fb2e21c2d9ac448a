import { connect, isIP, type Socket } from 'node:net';
import { type Connection, createConnection, type SslOptions } from 'mysql2';
import { type ConnectionSecret } from '../../rotation/secret-value';

/** Where a secret does not say. */
export const defaultPort = 3306;

/** How to connect, beside the credential. */
export interface ClientSettings {
  readonly applicationName: string;
  /** Authorities to trust instead of Node's own, in PEM, where the credential does not say. */
  readonly ca?: string;
}

/** A client of the driver's, and the socket below it: the driver itself never destroys one. */
export interface Mysql2Client {
  readonly connection: Connection;
  readonly socket: Socket;
}

/** Nobody may read this machine's files, and no statement may hide another. */
const withoutCapabilities = ['-LOCAL_FILES', '-MULTI_STATEMENTS', '-IGNORE_SPACE', '-ODBC', '-FOUND_ROWS'];

/**
 * A driver's client for one credential, already on its way. It reads nothing of the environment, and Node's own switch
 * cannot turn the certificate's check off. The driver's time limit is off: it would leave the socket open.
 */
export function createMysql2Client(credential: ConnectionSecret, settings: ClientSettings): Mysql2Client {
  const { host, port = defaultPort, username, password, dbname, tls, ca = settings.ca } = credential;
  const socket = connect({ host, port, noDelay: true, keepAlive: true });
  const connection = createConnection({
    stream: () => socket,
    host: nameToVerify(host),
    port,
    user: username,
    password: password.reveal(),
    ...(dbname === undefined ? {} : { database: dbname }),
    ...(tls ? { ssl: verifiedTls(ca) } : {}),
    charset: 'utf8mb4_unicode_ci',
    flags: withoutCapabilities,
    multipleStatements: false,
    enableCleartextPlugin: false,
    disableEval: true,
    connectTimeout: 0,
    connectAttributes: { program_name: settings.applicationName },
  });
  // Without a listener a session that ends while nothing runs would end this process. The next call reports it.
  connection.on('error', () => undefined);
  return { connection, socket };
}

function verifiedTls(ca: string | undefined): SslOptions {
  return { rejectUnauthorized: true, verifyIdentity: true, minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) };
}

/**
 * The driver compares the certificate of an IP address with the name "localhost". It takes one with a final dot for a
 * name, and Node, which removes the dot, for the address that it is.
 */
function nameToVerify(host: string): string {
  return isIP(host) === 0 ? host : `${host}.`;
}
