import { type HeldChanges } from '../../contracts/late-changes';
import { type SqlServer } from './sql-server';

/** Holds every change on a MySQL or MariaDB by the lock that a backup takes: sign-ins and reads go on. */
export async function holdChanges(server: SqlServer): Promise<HeldChanges> {
  let letGo = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  let over: Promise<void> = Promise.resolve();
  await new Promise<void>((resolve, reject) => {
    over = server.withConnection(async (connection) => {
      await connection.query('FLUSH TABLES WITH READ LOCK');
      resolve();
      await released;
      await connection.query('UNLOCK TABLES');
    });
    over.catch(reject);
  });
  return {
    waiting: () =>
      server.untilFound("SELECT 1 FROM information_schema.processlist WHERE state LIKE 'Waiting for % lock'"),
    release: () => {
      letGo();
      return over;
    },
  };
}
