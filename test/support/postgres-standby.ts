import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { removePostgres, startPostgres } from '../../local/postgres';
import { findFreePort, startSupervisor } from '../../local/supervisor';
import { OwnPostgresServer } from './postgres-server';

/**
 * Starts a hot standby of a server, from a copy of its data: the server is halted for it, and goes on. From then on it
 * admits replication.
 */
export async function startStandby(primary: OwnPostgresServer): Promise<OwnPostgresServer> {
  const home = await mkdtemp(path.join(tmpdir(), 'rotor-standby-'));
  const supervisor = await startSupervisor({ folder: path.join(home, 'supervisor') });
  const stop = async (): Promise<void> => {
    await supervisor.close();
    await removePostgres(home);
    await rm(home, { recursive: true, force: true });
  };
  try {
    const { host, port, username, password } = primary.superuser;
    await primary.admit('host replication all 127.0.0.1/32 scram-sha-256');
    const upstream = `host=${host} port=${port ?? ''} user=${username} password=${password.reveal()}`;
    await primary.set('primary_conninfo', upstream); // which only a standby heeds
    await primary.halt();
    await primary.writeFile('standby.signal', '');
    await chmod(home, 0o711); // as root the server is run by another user
    await promisify(execFile)('cp', ['-aL', primary.folder, path.join(home, 'postgres')]);
    await rm(path.join(primary.folder, 'data', 'standby.signal'));
    await primary.resume();

    const options = { supervisor, home, port: await findFreePort(), parameters: { fsync: 'off' } };
    let running = await startPostgres(options);
    return new OwnPostgresServer(
      { ...primary.superuser, port: running.port },
      {
        logFile: running.logFile,
        dataFolder: running.dataFolder,
        pid: () => running.process.pid,
        halt: () => running.process.stop(),
        resume: async () => {
          running = await startPostgres(options);
        },
        stop,
      },
    );
  } catch (error) {
    await stop();
    throw error;
  }
}
