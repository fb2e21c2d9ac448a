import { chmod, chown, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { serverAccount } from '../../local/postgres/server-account';
import {
  findFreePort,
  isListening,
  lastLines,
  serverEnvironment,
  startSupervisor,
  waitUntil,
} from '../../local/supervisor';
import { type ConnectionSecret } from '../../rotation/secret-value';
import { type UserAccount } from '../contracts/database-engine';
import { type OwnPostgresServer, PostgresServer } from './postgres-server';
import { provide, type Provision } from './servers/describe-on';
import { type PgbouncerProgram, pgbouncerProgram } from './servers/pgbouncer-program';

/** The PgBouncer of this machine's Debian; or why there is none. */
export const pgbouncerHere: Provision<PgbouncerProgram> = provide(pgbouncerProgram);

/** How a PgBouncer pools, and where it knows passwords from. */
export interface PgbouncerOptions {
  readonly poolMode: 'session' | 'transaction';
  /** Asks the server at each sign-in, or reads its file alone. */
  readonly passwordsFrom: 'auth_query' | 'auth_file';
}

/** A PgBouncer in front of a server. It knows the server's superuser by its file, whatever else it knows. */
export class Pgbouncer extends PostgresServer {
  readonly #usersFile: string;
  readonly #stop: () => Promise<void>;

  constructor(superuser: ConnectionSecret, { usersFile, stop }: { usersFile: string; stop: () => Promise<void> }) {
    super(superuser);
    this.#usersFile = usersFile;
    this.#stop = stop;
  }

  /** Makes these, with the superuser, the users of its file. */
  async know(...users: UserAccount[]): Promise<void> {
    const { username, password } = this.superuser;
    await writeFile(this.#usersFile, usersText([{ username, password: password.reveal() }, ...users]));
    await this.sql('RELOAD', { ...this.superuser, dbname: 'pgbouncer' });
  }

  async stop(): Promise<void> {
    await this.#stop();
  }
}

/** Starts a PgBouncer in front of a server, on a free port of the loopback address. */
export async function startPgbouncer(
  { command, env }: PgbouncerProgram,
  { server, ...options }: PgbouncerOptions & { server: OwnPostgresServer },
): Promise<Pgbouncer> {
  const home = await mkdtemp(path.join(tmpdir(), 'rotor-pgbouncer-'));
  const supervisor = await startSupervisor({ folder: path.join(home, 'supervisor') });
  const stop = async (): Promise<void> => {
    await supervisor.close();
    await rm(home, { recursive: true, force: true });
  };
  try {
    const port = await findFreePort();
    const files = await writeFiles(home, { server, port, ...options });
    const logFile = path.join(home, 'pgbouncer.log');
    const args = [files.configuration];
    await supervisor.start({ name: 'pgbouncer', command, args, env: serverEnvironment(env), cwd: '/', logFile });
    if (!(await waitUntil(() => isListening(port), { limitMs: 30_000 }))) throw new Error(await lastLines(logFile));
    return new Pgbouncer({ ...server.superuser, port }, { usersFile: files.users, stop });
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Plan extends PgbouncerOptions {
  readonly server: OwnPostgresServer;
  readonly port: number;
}

async function writeFiles(
  home: string,
  { server, port, poolMode, passwordsFrom }: Plan,
): Promise<{ configuration: string; users: string }> {
  const { host, port: serverPort, username, password } = server.superuser;
  const users = path.join(home, 'users.txt');
  await writeFile(users, usersText([{ username, password: password.reveal() }]), { mode: 0o600 });
  const account = await serverAccount(home);
  const asRoot = account ? [`user = ${await nameOf(account.uid)}`] : [];
  const asksServer = [
    `auth_user = ${username}`,
    'auth_query = SELECT usename, passwd FROM pg_shadow WHERE usename = $1',
  ];
  const configuration = path.join(home, 'pgbouncer.ini');
  const lines = [
    '[databases]',
    `* = host=${host} port=${serverPort}`,
    '[pgbouncer]',
    'listen_addr = 127.0.0.1',
    `listen_port = ${port}`,
    'unix_socket_dir =',
    'auth_type = scram-sha-256',
    `auth_file = ${users}`,
    ...(passwordsFrom === 'auth_query' ? asksServer : []),
    `pool_mode = ${poolMode}`,
    `admin_users = ${username}`,
    'query_wait_timeout = 3',
    'server_login_retry = 1',
    ...asRoot,
  ];
  await writeFile(configuration, `${lines.join('\n')}\n`);
  if (account) {
    // It drops root's rights before it reads the users again.
    await chmod(home, 0o711);
    await chown(users, account.uid, account.gid);
  }
  return { configuration, users };
}

function usersText(users: readonly UserAccount[]): string {
  const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  return users.map(({ username, password }) => `${quote(username)} ${quote(password)}\n`).join('');
}

async function nameOf(uid: number): Promise<string> {
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  return accounts.find(([, , number]) => number === String(uid))?.[0] ?? 'nobody';
}
