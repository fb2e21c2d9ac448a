import { readFile } from 'node:fs/promises';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { Hold } from '../support/hold';
import { type Canary, findLeaks } from '../support/leak-scanner';
import { startPostgresServer } from '../support/postgres-server';
import { type RotatedApplication } from '../support/rotated-application';
import { type CommandResult, endCommands, RotorCommand, runRotor } from '../support/rotor-command';
import { RotorUnderTest } from '../support/rotor-under-test';

let rotor: RotorUnderTest;
let worker: RotorCommand;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  worker = new RotorCommand(['worker'], { env: rotor.environment });
  await worker.untilPrinted('worker polls');
});

afterAll(async () => {
  await endCommands();
  await rotor.close();
});

function run(...args: string[]): Promise<CommandResult> {
  return runRotor(args, { env: rotor.environment });
}

/** Every password that the secret ever held. */
async function passwordsOf(application: RotatedApplication): Promise<Canary[]> {
  const versions = await application.versions();
  return Promise.all(
    versions.map(async (version) => ({
      name: version === application.firstVersion ? 'old password' : 'new password',
      value: await application.password(version),
    })),
  );
}

/** Everything that a rotation leaves outside of Secrets Manager and the target's own tables, by name. */
async function traces(
  application: RotatedApplication,
  outputs: readonly CommandResult[],
): Promise<Record<string, string | Buffer>> {
  const { temporal, postgres } = rotor.servers;
  const history = await rotor.owner(application.arn).fetchHistory();
  const database = await Promise.all(['', '-wal'].map((part) => readFile(`${temporal.databaseFile}${part}`)));
  return {
    'workflow history': historyToJSON(history),
    "Temporal's database": Buffer.concat(database),
    "PostgreSQL's log": await readFile(postgres.logFile),
    "worker's output": JSON.stringify(worker.printed) + worker.printed.stdout + worker.printed.stderr,
    "commands' output": outputs.map(({ stdout, stderr }) => stdout + stderr).join(),
  };
}

async function expectClean(application: RotatedApplication, outputs: readonly CommandResult[]): Promise<void> {
  const canaries = await passwordsOf(application);
  expect(canaries).toHaveLength(2);
  const found = await traces(application, outputs);
  for (const [place, content] of Object.entries(found)) {
    expect({ place, leaks: findLeaks(content, canaries) }).toEqual({ place, leaks: [] });
  }
}

test('a rotation leaves neither password in history, logs, output or files', async () => {
  const application = await rotor.createApplication();

  const outputs = [
    await run('rotate', application.name, '--wait', '--days', '30'),
    await run('rotate', application.name, '--wait', '--json', '--token', 'short'),
    await run('status', application.name),
    await run('status', application.name, '--json'),
  ];

  expect(outputs.map(({ code }) => code)).toEqual([0, 2, 0, 0]);
  expect(await readFile(rotor.servers.postgres.logFile, 'utf8')).toContain(`ALTER ROLE "${application.username}"`);
  await expectClean(application, outputs);
});

test('a rotation that meets lost answers and fails leaves neither password either', async () => {
  const server = await startPostgresServer({ log_statement: 'all', log_min_duration_statement: '0' });
  const application = await rotor.createApplication({}, server);
  await server.admit(`host all ${application.username} 127.0.0.1/32 trust`); // so that nothing can be proved
  const { faults } = rotor.endpoint.controls;
  faults.arm({ kind: 'fail-after', operation: 'PutSecretValue', count: 3 });
  faults.arm({ kind: 'drop', operation: 'UpdateSecretVersionStage' });

  const rotated = await run('rotate', application.name, '--wait');

  const log = await server.log();
  await server.stop();
  faults.clear();
  expect(rotated.stderr).toContain('without checking the password');
  expect(log).toContain('statement: SELECT');
  expect(findLeaks(log, await passwordsOf(application))).toEqual([]);
  await expectClean(application, [rotated]);
});

test('a password planted in a log is found', async () => {
  const application = await rotor.createApplication();
  await rotor.rotate(application);
  await rotor.postgres.sql(`SELECT '${application.firstPassword}'`);

  const { "PostgreSQL's log": log = '' } = await traces(application, []);

  expect(findLeaks(log, await passwordsOf(application))).toContain('old password, raw');
});

test('a rotation that is cancelled and undone leaves neither password either', async () => {
  worker.kill('SIGTERM');
  await worker.ended;
  const hold = new Hold({ step: 'testSecret', moment: 'before' });
  await rotor.startWorker({ wrap: (activities) => hold.wrap(activities) });
  const application = await rotor.createApplication();
  const rotation = await rotor.client.rotateSecret({ secretId: application.name });
  await hold.reached;

  await rotor.owner(application.arn).cancel();

  await expect(rotor.client.outcome(rotation)).rejects.toMatchObject({ type: 'Cancelled' });
  expect(await application.accepts(application.firstPassword)).toBe(true);
  await expectClean(application, [await run('status', application.name)]);
});
