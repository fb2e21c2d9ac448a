import { readFile, stat } from 'node:fs/promises';
import { PostgresNotAvailableError } from './errors';

/** The unprivileged user that the server runs as. */
export interface ServerAccount {
  /** The user's number. */
  uid: number;
  /** The user's group. */
  gid: number;
}

/**
 * Chooses who runs the server: PostgreSQL refuses to run as root.
 *
 * Anybody but root runs it as himself, and the answer is undefined. As root it is the owner of the data, if there is
 * data already; else the user `postgres` where the machine has one, else `nobody`. No user is ever created.
 */
export async function serverAccount(dataFolder: string): Promise<ServerAccount | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const account = (await ownerOf(dataFolder)) ?? (await userNamed('postgres')) ?? (await userNamed('nobody'));
  if (account !== undefined) return account;
  throw new PostgresNotAvailableError(
    'it does not run as root, and this machine has neither a user postgres nor nobody',
  );
}

async function ownerOf(folder: string): Promise<ServerAccount | undefined> {
  try {
    const { uid, gid } = await stat(folder);
    return uid === 0 ? undefined : { uid, gid };
  } catch {
    return undefined;
  }
}

async function userNamed(name: string): Promise<ServerAccount | undefined> {
  const line = (await readFile('/etc/passwd', 'utf8')).split('\n').find((entry) => entry.startsWith(`${name}:`));
  const [uid, gid] = (line?.split(':') ?? []).slice(2, 4).map(Number);
  return uid === undefined || gid === undefined || uid === 0 ? undefined : asUnsigned({ uid, gid });
}

/** macOS writes the number of `nobody` as -2. */
function asUnsigned({ uid, gid }: ServerAccount): ServerAccount {
  return { uid: uid >>> 0, gid: gid >>> 0 };
}
