import { TargetReadOnlyError } from '../../rotation/errors';
import { type FailurePlace } from './failure-rule';
import { type Mysql2Session } from './mysql2-session';

/** What a variable is that is off: MariaDB tells it by a number or a word, depending on its version. */
const off = ['0', 'OFF'];
/** The second is how Aurora's readers are kept from changes, who leave the first off. */
const readVariables = 'SELECT @@GLOBAL.read_only AS readOnly, @@GLOBAL.innodb_read_only AS innodbReadOnly';

type Variables = Readonly<Record<'readOnly' | 'innodbReadOnly', number | string>>;

/** What to tell of a server that is read-only. */
export function tellReadOnly({ server }: Pick<FailurePlace, 'server'>): string {
  return `${server} is read-only: a replica, or a failover that is not over. If it stays so, name the writer's address in the secret.`;
}

/**
 * Refuses a read-only server to those too who are exempt from that: what a superuser changes on a replica its writer never
 * learns.
 *
 * @throws TargetReadOnlyError
 */
export async function assertWritable(session: Mysql2Session): Promise<void> {
  const [variables] = await session.read<Variables>(readVariables);
  if (variables && Object.values(variables).every((value) => off.includes(String(value)))) return;
  const { server, credential } = session;
  throw new TargetReadOnlyError(tellReadOnly({ server }), session.idsOf(credential.username));
}
