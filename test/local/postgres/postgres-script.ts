/** A parent that starts PostgreSQL on a home (first argument) and a port (second), prints what it has got, and stays. */
import path from 'node:path';
import { startPostgres } from '../../../local/postgres';
import { startSupervisor } from '../../../local/supervisor';

async function main(home: string, port: number): Promise<void> {
  const supervisor = await startSupervisor({ folder: path.join(home, 'run') });
  const { process: server, ...found } = await startPostgres({ supervisor, home, port, parameters: { fsync: 'off' } });
  console.log(JSON.stringify({ ...found, pid: server.pid }));
}

main(process.argv[2] ?? '', Number(process.argv[3])).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
