import { randomUUID } from 'node:crypto';
import { waitUntil } from '../../local/supervisor';
import { isFull } from '../proof/sample';
import { expectRotated, expectUndone, type RotationOf } from '../support/end-states';
import { endCommands, RotorCommand } from '../support/rotor-command';
import { RotorUnderTest } from '../support/rotor-under-test';
import { describeWith } from '../support/servers/describe-on';
import { type LoggedServer, loggedKinds } from '../support/targets/logged-server';
import { createRotatedUser, type RotatedUser } from '../support/targets/rotated-user';
import { type RunStatement } from '../support/targets/target-server';

/** The polls of a frozen process take tasks to themselves until they expire, each for a heartbeat and a longer pause. */
const takenOverMs = 180_000;
const limitMs = takenOverMs + 60_000;

const ends = ['goes on', 'is undone'] as const;
type End = (typeof ends)[number];

/** In the short form on one server of each family. */
const kinds = loggedKinds.filter(({ name }) => isFull || ['PostgreSQL 18', 'MariaDB 10.11'].includes(name));

let rotor: RotorUnderTest;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
});

afterEach(() => endCommands());

afterAll(() => rotor.close());

async function startWorker(): Promise<RotorCommand> {
  const worker = new RotorCommand(['worker'], { env: rotor.environment });
  await worker.untilPrinted('worker polls');
  return worker;
}

for (const { name, provision } of kinds) {
  describeWith(`a change that a lock holds on ${name}`, { provision }, (start) => {
    let logged: LoggedServer;

    beforeAll(async () => {
      logged = await start();
    });

    afterAll(() => logged.target.stop());

    test.each(ends)(
      'while its worker is frozen and another one takes over, never lands after a rotation that %s',
      async (end) => {
        const user = await createRotatedUser({ ...logged, secretsManager: rotor.secretsManager }, {});
        const frozen = await startWorker();
        const rotation = await holdPastTheWorker(logged, { user, frozen, end });
        frozen.kill('SIGCONT');
        frozen.kill('SIGTERM');
        await frozen.ended;

        const one = { application: asApplication(user, logged), rotation };
        if (end === 'is undone') await expectUndone(rotor, { ...one, type: 'Cancelled' });
        else await expectRotated(rotor, one);
        expect(await one.application.signsIn(end === 'is undone' ? rotation.versionId : user.secret.firstVersion)).toBe(
          false,
        );
        expect(await user.secret.versions()).toHaveLength(2);
      },
      limitMs,
    );
  });
}

interface Held {
  readonly user: RotatedUser;
  readonly frozen: RotorCommand;
  readonly end: End;
}

/**
 * Has the change of the first worker wait for a lock, freezes that worker, and lets go of the lock when the rotation was
 * undone by another worker, or when the change of that one waits, too.
 */
async function holdPastTheWorker(
  logged: LoggedServer,
  { user: { secret, configuration }, frozen, end }: Held,
): Promise<RotationOf['rotation']> {
  const { target } = logged;
  const { username } = await secret.account();
  return target.inSession(target.superuser, async (run) => {
    for (const statement of logged.stall(username)) await run(statement);
    const request = { secretId: secret.arn, clientRequestToken: randomUUID(), configuration };
    const rotation = await rotor.client.rotateSecret(request);
    const first = await untilStalled(logged, () => true);
    frozen.kill('SIGSTOP');
    if (end === 'is undone') await rotor.owner(secret.arn).cancel();
    await startWorker();
    if (end === 'goes on') await untilStalled(logged, (id) => id !== first);
    else await expect(rotor.client.outcome(rotation)).rejects.toMatchObject({ type: 'Cancelled' });
    return rotation;
  });
}

/** Waits until the change of a session is held, and tells which. */
async function untilStalled({ target, stalled }: LoggedServer, isWanted: (id: unknown) => boolean): Promise<unknown> {
  let found: unknown;
  const isStalled = async (): Promise<boolean> => {
    const ids = await target.inSession(target.superuser, async (run: RunStatement) => run(stalled));
    found = ids.map(({ id }) => id).find((id) => isWanted(id));
    return found !== undefined;
  };
  expect(await waitUntil(isStalled, { limitMs: takenOverMs, everyMs: 50 })).toBe(true);
  return found;
}

function asApplication({ secret }: RotatedUser, { target }: LoggedServer): RotationOf['application'] {
  const { arn, firstVersion } = secret;
  return {
    ...{ arn, firstVersion },
    labels: () => secret.labels(),
    versions: () => secret.versions(),
    signsIn: async (version) => target.signsIn(await secret.account(version)),
  };
}
