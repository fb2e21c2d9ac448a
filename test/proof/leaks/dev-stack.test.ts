import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createSecretsManagerClient } from '../../../adapters/secrets-manager';
import { removePostgres } from '../../../local/postgres';
import { findFreePort, serverEnvironment, waitUntil } from '../../../local/supervisor';
import { type Canary, findLeaks } from '../../support/leak-scanner';
import { listedProcess, listedProcesses, living } from '../../support/process-tree';
import { endCommands, RotorCommand, runRotor } from '../../support/rotor-command';
import { sharedServers } from '../../support/shared-servers';
import { StoredSecret } from '../../support/stored-secret';
import { coreLimits, readFolder, seenOfProcess } from './process-facts';

const startMs = 60_000;

let home: string;
let dev: RotorCommand;
let outputs: string;

beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'rotor-dev-'));
  outputs = '';
  const flags = ['--temporal-port', '--ui-port', '--secrets-manager-port', '--postgres-port'];
  const ports: string[] = [];
  for (const flag of flags) ports.push(flag, String(await findFreePort()));
  const env = { ROTOR_HOME: home, TEMPORAL_CLI_PATH: sharedServers().temporalExecutable };
  dev = new RotorCommand(['dev', ...ports], { env });
  await dev.untilPrinted('ready: rotate the secret', startMs);
}, startMs);

afterAll(async () => {
  await endCommands();
  await waitUntil(() => living(listedProcesses(path.join(home, 'processes'))).length === 0, { limitMs: 30_000 });
  await removePostgres(home);
  await rm(home, { recursive: true, force: true });
});

function pids(): number[] {
  return [dev.pid, ...listedProcesses(path.join(home, 'processes')).map(({ pid }) => pid)];
}

/** Everything that the stack keeps in its folder, and what its processes show, by place. */
async function places(more: readonly number[] = []): Promise<Record<string, Buffer>> {
  const processes = await Promise.all(
    [...pids(), ...more].map(async (pid) => [`process ${pid}`, await seenOfProcess(pid)]),
  );
  return {
    ...(await readFolder(home)),
    ...(await readFolder(await realpath(path.join(home, 'postgres/data')))),
    ...(Object.fromEntries(processes) as Record<string, Buffer>),
    output: Buffer.from(outputs + dev.printed.stdout + dev.printed.stderr),
  };
}

async function run(...args: string[]): Promise<void> {
  const { code, stdout, stderr } = await runRotor(args, { env: { ROTOR_HOME: home } });
  outputs += stdout + stderr;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
}

/** Every password that the demo's secret ever held. */
async function canaries(): Promise<Canary[]> {
  const { environment: env } = JSON.parse(await readFile(path.join(home, 'stack.json'), 'utf8')) as {
    environment: Record<string, string>;
  };
  const client = createSecretsManagerClient({
    endpoint: env.AWS_ENDPOINT_URL_SECRETS_MANAGER ?? '',
    region: env.AWS_REGION ?? '',
    credentials: { accessKeyId: env.AWS_ACCESS_KEY_ID ?? '', secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '' },
  });
  const secret = new StoredSecret(client, { name: 'demo/app', arn: 'demo/app', firstVersion: '' });
  const versions = await secret.versions();
  const accounts = await Promise.all(versions.map((version) => secret.account(version)));
  client.destroy();
  return accounts.map(({ password }, at) => ({ name: `password ${at}`, value: password }));
}

test('neither the folder of `rotor dev` nor a process of it shows a password, also of a worker that was killed', async () => {
  await run('rotate', 'demo/app', '--wait', '--json', '--days', '30');
  const { pid } = listedProcess(path.join(home, 'processes'), 'worker');
  process.kill(pid, 'SIGKILL');
  await run('rotate', 'demo/app', '--wait');
  await run('status', 'demo/app', '--json');
  await run('list');

  const values = await canaries();
  const searched = await places();

  expect(values).toHaveLength(3);
  expect(Object.keys(searched)).toEqual(expect.arrayContaining(['stack.json', 'worker.log', 'output']));
  expect(Object.keys(searched).length).toBeGreaterThan(500);
  const leaks = Object.entries(searched).flatMap(([place, content]) =>
    findLeaks(content, values).map((leak) => `${place}: ${leak}`),
  );
  expect(leaks).toEqual([]);
});

test('no process of it may leave a core file', async () => {
  const servers = listedProcesses(path.join(home, 'processes'));

  const limits = await Promise.all(servers.map(({ pid }) => coreLimits(pid)));

  expect(limits.length).toBeGreaterThanOrEqual(4);
  expect(limits).toEqual(servers.map(() => ['0', '0']));
});

test('one that is planted in the folder, in a command line and in an environment is found', async () => {
  const [canary = { name: '', value: '' }] = await canaries();
  const env = serverEnvironment({ PLANTED: canary.value });
  const wait = 'process.stdin.resume(); console.log("runs")';
  const children = [
    spawn(process.execPath, ['--eval', wait, canary.value], { stdio: 'pipe' }),
    spawn(process.execPath, ['--eval', wait], { stdio: 'pipe', env }),
  ];
  await Promise.all(children.map((child) => once(child.stdout, 'data')));
  await writeFile(path.join(home, 'planted'), `x${canary.value}`);

  const searched = await places(children.map(({ pid = 0 }) => pid));
  for (const child of children) child.kill('SIGKILL');

  const found = Object.keys(searched).filter((place) => findLeaks(searched[place] ?? '', [canary]).length > 0);
  expect(found.sort()).toEqual(['planted', ...children.map(({ pid }) => `process ${pid}`)].sort());
});
