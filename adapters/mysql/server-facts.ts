import { type ServerFacts } from '../../rotation/database-engine';
import { type Mysql2Session } from '../mysql2/mysql2-session';

/** Both may be read by anybody. */
const readFacts = 'SELECT @@server_uuid AS serverId, VERSION() AS version';

/** The first version in which an account can have two passwords. */
const dualPasswords = [8, 0, 14];

/** Asks the server what it is, and what it can do. */
export async function readServerFacts(session: Mysql2Session): Promise<ServerFacts> {
  const [row] = await session.read<{ serverId: string; version: string }>(readFacts);
  return { serverId: row?.serverId ?? '', secondPassword: hasSecondPassword(row?.version ?? '') };
}

/** Whether a server of this version lets an account have two passwords. */
export function hasSecondPassword(version: string): boolean {
  const numbers = /^(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number) ?? [];
  if (numbers.length === 0 || /mariadb/i.test(version)) return false;
  const at = numbers.findIndex((number, index) => number !== dualPasswords[index]);
  return at < 0 || (numbers[at] ?? 0) > (dualPasswords[at] ?? 0);
}
