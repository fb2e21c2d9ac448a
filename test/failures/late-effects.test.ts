import { waitUntil } from '../../local/supervisor';
import { expectRotated, expectUndone, type RotationOf } from '../support/end-states';
import { HeldCall } from '../support/held-call';
import { Hold } from '../support/hold';
import { type OwnPostgresServer, startPostgresServer } from '../support/postgres-server';
import { type RotatedApplication } from '../support/rotated-application';
import { endCommands, RotorCommand } from '../support/rotor-command';
import { RotorUnderTest, type RunningWorker } from '../support/rotor-under-test';
import { createSubject, postgresStrategies } from '../support/subject';

/** The polls of a frozen process take tasks to themselves until they expire, each for a heartbeat. */
const limitMs = 180_000;

let rotor: RotorUnderTest;
let server: OwnPostgresServer;
let network: HeldCall | undefined;
let undoing: RunningWorker | undefined;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  server = await startPostgresServer();
});

afterEach(async () => {
  rotor.endpoint.controls.faults.clear();
  await endCommands();
  await Promise.all([network?.close(), undoing?.stop()]);
  network = undefined;
  undoing = undefined;
});

afterAll(async () => {
  await server.stop();
  await rotor.close();
});

/** A worker of a process of its own, ready to work. */
async function startWorker(environment: Readonly<Record<string, string>> = {}): Promise<RotorCommand> {
  const worker = new RotorCommand(['worker'], { env: { ...rotor.environment, ...environment } });
  await worker.untilPrinted('worker polls');
  return worker;
}

/** Lets a worker go on, and waits until it has done all that it was about to do. */
async function thaw(worker: RotorCommand): Promise<void> {
  worker.kill('SIGCONT');
  worker.kill('SIGTERM');
  await worker.ended;
}

type Begin = () => Promise<void>;

/** Has changes wait for a lock, freezes the worker, and lets the changes land while it is. */
async function freezeWhileWaiting(worker: RotorCommand, begin: Begin, changes: number): Promise<void> {
  await server.withClient(async (client) => {
    await client.query('BEGIN; LOCK TABLE pg_authid IN SHARE MODE');
    await begin();
    await server.untilFound(
      `SELECT FROM pg_locks WHERE relation = 'pg_authid'::regclass AND NOT granted HAVING count(*) = ${changes}`,
    );
    worker.kill('SIGSTOP');
    await client.query('ROLLBACK');
  });
}

/** Freezes the worker while it asks whether its change is still wanted; its session is the only thing to be seen. */
async function freezeWhileAsking(worker: RotorCommand, begin: Begin): Promise<void> {
  rotor.endpoint.controls.faults.arm({ kind: 'delay', operation: 'DescribeSecret', ms: 1_500, count: 100 });
  await begin();
  await server.untilFound(
    `SELECT FROM pg_stat_activity
      WHERE application_name LIKE 'rotor _%' AND state = 'idle' AND query LIKE '%client_connection_check_interval%'`,
  );
  worker.kill('SIGSTOP');
  rotor.endpoint.controls.faults.clear();
}

interface Case {
  readonly strategy: (typeof postgresStrategies)[number];
  readonly end: 'goes on' | 'is undone';
}

const cases: Case[] = postgresStrategies.flatMap((strategy) =>
  (['goes on', 'is undone'] as const).map((end) => ({ strategy, end })),
);

interface Frozen extends RotationOf, Case {
  readonly application: RotatedApplication;
}

type Ready = Omit<Frozen, 'rotation'>;

const create = async (one: Case): Promise<Ready> => {
  return { ...one, application: await createSubject(rotor, { strategy: one.strategy, postgres: server }) };
};

const begin = async (ready: Ready): Promise<Frozen> => {
  return { ...ready, rotation: await rotor.client.rotateSecret({ secretId: ready.application.name }) };
};

/** Another worker does the work of the frozen one, which then goes on where it was. */
async function expectNothingLate(frozen: RotorCommand, rotations: readonly Frozen[]): Promise<void> {
  for (const { end, rotation } of rotations) if (end === 'is undone') await rotor.owner(rotation.arn).cancel();
  await startWorker();
  await Promise.allSettled(rotations.map(({ rotation }) => rotor.client.outcome(rotation)));
  await thaw(frozen);

  for (const one of rotations) {
    const { application, strategy, end } = one;
    if (end === 'is undone') await expectUndone(rotor, { ...one, type: 'Cancelled' });
    else await expectRotated(rotor, one);
    expect(await application.versions()).toHaveLength(2);
    if (strategy === 'alternating-users') continue;
    for (const version of await application.versions()) {
      expect(await application.signsIn(version)).toBe((version === application.firstVersion) === (end === 'is undone'));
    }
  }
}

test(
  'changes that land while their worker is frozen, and the worker when it goes on, change nothing of what another did',
  async () => {
    const ready = await Promise.all(cases.map(create));
    const frozen = await startWorker();
    let rotations: Frozen[] = [];
    const beginAll = async (): Promise<void> => {
      rotations = await Promise.all(ready.map(begin));
    };

    await freezeWhileWaiting(frozen, beginAll, cases.length);

    await expectNothingLate(frozen, rotations);
  },
  limitMs,
);

test.each(cases.filter(({ strategy }) => strategy === 'single-user'))(
  'a worker that is frozen right before its change, and goes on after the rotation with $strategy $end, changes nothing',
  async (one) => {
    const ready = await create(one);
    const frozen = await startWorker();
    const rotations: Frozen[] = [];

    await freezeWhileAsking(frozen, async () => {
      rotations.push(await begin(ready));
    });

    await expectNothingLate(frozen, rotations);
  },
  limitMs,
);

/** What became of the values that were put under AWSPENDING of a version, in the order in which they arrived. */
function putsOf(versionId: string): string[] {
  return rotor.endpoint.controls.calls
    .list()
    .filter(({ operation, request }) => operation === 'PutSecretValue' && request.ClientRequestToken === versionId)
    .filter(({ request }) => JSON.stringify(request.VersionStages) === '["AWSPENDING"]')
    .map(({ error }) => error ?? 'stored');
}

test(
  'a version that a worker sent before it was frozen, and that arrives after the rotation was undone, bars nothing',
  async () => {
    const application = await createSubject(rotor, { strategy: 'single-user', postgres: server });
    const createsNothing = new Hold({ step: 'createSecret', moment: 'before' });
    network = await HeldCall.start({ url: rotor.endpoint.url, operation: 'PutSecretValue' });
    const frozen = await startWorker({ AWS_ENDPOINT_URL_SECRETS_MANAGER: network.url });
    const rotation = await rotor.client.rotateSecret({ secretId: application.name });
    await network.sent;
    frozen.kill('SIGSTOP');
    await rotor.owner(application.arn).cancel();
    undoing = await rotor.startWorker({ wrap: (activities) => createsNothing.wrap(activities) });
    await expect(rotor.client.outcome(rotation)).rejects.toMatchObject({ type: 'Cancelled' });
    expect(putsOf(rotation.versionId)).toEqual([]);

    network.release();
    expect(await waitUntil(() => putsOf(rotation.versionId).length > 0, { limitMs: 30_000 })).toBe(true);
    await thaw(frozen);

    await expectUndone(rotor, { application, rotation, type: 'Cancelled' });
    expect(await application.versions()).toHaveLength(2);
    expect([...new Set(putsOf(rotation.versionId))]).toEqual(['ResourceExistsException']);
    createsNothing.release();
    await expectRotated(rotor, { application, rotation: await rotor.rotate(application) });
  },
  limitMs,
);
