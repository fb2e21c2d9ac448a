import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { scriptArguments, serverEnvironment } from '../../local/supervisor';
import { type HoldPoint } from '../support/hold';
import { RotorCommand, endCommands } from '../support/rotor-command';
import { RotorUnderTest } from '../support/rotor-under-test';

let rotor: RotorUnderTest;
const workers: ChildProcess[] = [];

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
});

afterEach(async () => {
  for (const worker of workers.splice(0)) worker.kill('SIGKILL');
  await endCommands();
});

afterAll(() => rotor.close());

/** A worker process that stops at a place of a rotation; resolves when it works, and `held` when a rotation is there. */
async function startHeldWorker({ step, moment }: HoldPoint): Promise<{ worker: ChildProcess; held: Promise<void> }> {
  const script = scriptArguments(path.join(__dirname, '../support/held-worker-process'));
  const worker = spawn(process.execPath, [...script, step, moment, rotor.servers.program.workflowBundle], {
    env: serverEnvironment({ ...rotor.environment, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  workers.push(worker);
  const lines = createInterface(worker.stdout);
  await once(lines, 'line'); // on a busy machine it starts for longer than a caller waits for a worker
  return { worker, held: once(lines, 'line').then(() => undefined) };
}

async function kill(worker: ChildProcess): Promise<void> {
  const gone = once(worker, 'exit');
  worker.kill('SIGKILL');
  await gone;
}

test.each<HoldPoint & { known: 'both' | 'pending' | 'first' }>([
  { step: 'createSecret', moment: 'after', known: 'first' },
  { step: 'setSecret', moment: 'after', known: 'pending' },
  { step: 'testSecret', moment: 'before', known: 'pending' },
  { step: 'finishSecret', moment: 'after', known: 'pending' },
])(
  'a worker killed with -9 $moment $step: a new one finishes the same rotation with the same token',
  async ({ step, moment, known }) => {
    const application = await rotor.createApplication();
    const { worker, held } = await startHeldWorker({ step, moment });
    const rotation = await rotor.client.rotateSecret({ secretId: application.name });
    await held;
    const pending = await application.password(rotation.versionId);
    expect(await application.accepts(pending)).toBe(known === 'pending');
    await kill(worker);

    const replacement = new RotorCommand(['worker'], { env: rotor.environment });
    const outcome = await rotor.client.outcome(rotation);

    expect(outcome.clientRequestToken).toBe(rotation.versionId);
    expect(await application.labels()).toEqual({
      [rotation.versionId]: ['AWSCURRENT'],
      [application.firstVersion]: ['AWSPREVIOUS'],
    });
    expect(await application.versions()).toHaveLength(2);
    expect(await application.password()).toBe(pending);
    expect(await application.accepts(pending)).toBe(true);
    expect(await application.accepts(application.firstPassword)).toBe(false);
    replacement.kill('SIGKILL');
  },
);
