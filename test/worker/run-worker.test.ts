import { type CommandResult, endCommands, RotorCommand } from '../support/rotor-command';
import { RotorUnderTest } from '../support/rotor-under-test';

let rotor: RotorUnderTest;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
});

afterEach(endCommands);

afterAll(() => rotor.close());

/** A worker process that polls. */
async function startWorker(): Promise<RotorCommand> {
  const worker = new RotorCommand(['worker'], { env: rotor.environment });
  await worker.untilPrinted('worker polls');
  return worker;
}

async function stop(worker: RotorCommand, signal: NodeJS.Signals): Promise<CommandResult> {
  worker.kill(signal);
  return worker.ended;
}

test('a worker says where it polls', async () => {
  const worker = await startWorker();

  expect(worker.printed.stdout).toBe(
    `worker polls task queue ${rotor.taskQueue} of namespace default at ${rotor.servers.temporal.address}\n`,
  );
});

test.each(['SIGTERM', 'SIGINT'] as const)('%s ends a worker in good order, and quietly', async (signal) => {
  const worker = await startWorker();
  const application = await rotor.createApplication();
  await rotor.rotate(application);

  const { code, stderr } = await stop(worker, signal);

  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

test('workers share the rotations, and one that leaves hands its own over', async () => {
  const [leaving] = await Promise.all([startWorker(), startWorker()]);
  const applications = await Promise.all(Array.from({ length: 12 }, () => rotor.createApplication()));

  const rotations = applications.map((application) => rotor.rotate(application));
  const { code } = await stop(leaving, 'SIGTERM');
  await Promise.all(rotations);

  expect(code).toBe(0);
  for (const application of applications) {
    expect(await application.versions()).toHaveLength(2);
    expect(await application.accepts(await application.password())).toBe(true);
    expect(await application.accepts(application.firstPassword)).toBe(false);
  }
});

test.each(['TEMPORAL_DEPLOYMENT_NAME', 'TEMPORAL_WORKER_BUILD_ID'])(
  'a worker that is told %s alone does not start, and says what is missing',
  async (variable) => {
    const worker = new RotorCommand(['worker'], { env: { ...rotor.environment, [variable]: '1' } });

    const { code, stdout, stderr } = await worker.ended;

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('needs both TEMPORAL_DEPLOYMENT_NAME and TEMPORAL_WORKER_BUILD_ID');
  },
);
