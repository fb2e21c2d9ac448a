import { type HeldChanges } from '../../contracts/late-changes';
import { holdConnection } from './held-connection';
import { type SqlServer } from './sql-server';

/** Holds every change on a MySQL or MariaDB by the lock that a backup takes: sign-ins and reads go on. */
export async function holdChanges(server: SqlServer): Promise<HeldChanges> {
  const release = await holdConnection(server, { first: ['FLUSH TABLES WITH READ LOCK'], last: ['UNLOCK TABLES'] });
  return {
    waiting: () =>
      server.untilFound("SELECT 1 FROM information_schema.processlist WHERE state LIKE 'Waiting for % lock'"),
    release,
  };
}
