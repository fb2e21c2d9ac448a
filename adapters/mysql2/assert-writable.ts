import { TargetReadOnlyError } from '../../rotation/errors';
import { type Mysql2Session } from './mysql2-session';

/** MariaDB tells it by a number or a word, depending on its version. */
const writable = ['0', 'OFF'];

/**
 * Refuses a read-only server to those too who are exempt from that: what a superuser changes on a replica its writer never
 * learns.
 *
 * @throws TargetReadOnlyError
 */
export async function assertWritable(session: Mysql2Session): Promise<void> {
  const [row] = await session.read<{ readOnly: number | string }>('SELECT @@GLOBAL.read_only AS readOnly');
  if (writable.includes(String(row?.readOnly ?? 'OFF'))) return;
  throw new TargetReadOnlyError(
    `${session.server} is read-only: a replica, or a failover that is not over. If it stays so, name the writer's address in the secret.`,
    session.idsOf(session.credential.username),
  );
}
