import { createHash } from 'node:crypto';
import { type ServerFacts } from '../../rotation/database-engine';
import { type Mysql2Session } from '../mysql2/mysql2-session';

/** What anybody may read; `server_uid` is there from MariaDB 10.10 on. */
const readIdentity = `SHOW GLOBAL VARIABLES WHERE Variable_name IN ('server_uid', 'hostname', 'port', 'datadir', 'version')`;

/**
 * Asks the server what it is, and what it can do. MariaDB has no identity of its own: the one that is made here is a hash
 * of what the server says of itself. Its `server_uid` alone comes from its network card and its port, which a copied
 * machine shares; host name and data folder tell such copies apart where they differ.
 */
export async function readServerFacts(session: Mysql2Session): Promise<ServerFacts> {
  const rows = await session.read<{ Variable_name: string; Value: string }>(readIdentity);
  const values = new Map(rows.map(({ Variable_name: name, Value: value }) => [name, value]));
  const identity = ['server_uid', 'hostname', 'port', 'datadir'].map((name) => values.get(name) ?? null);
  return {
    serverId: createHash('sha256').update(JSON.stringify(identity)).digest('hex'),
    secondPassword: hasSecondPassword(values.get('version') ?? ''),
  };
}

/** Whether a server of this version, 10.4 or later, lets an account sign in by either of two passwords. */
export function hasSecondPassword(version: string): boolean {
  const [, major = 0, minor = 0] = (/^(?:5\.5\.5-)?(\d+)\.(\d+)\./.exec(version) ?? []).map(Number);
  return /mariadb/i.test(version) && (major > 10 || (major === 10 && minor >= 4));
}
