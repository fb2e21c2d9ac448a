import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { Context } from '@temporalio/activity';
import { type RotationHandle } from '../../client';
import { findFreePort } from '../../local/supervisor';
import { expectRotated, expectUndone, untilRetried } from '../support/end-states';
import { type HoldPoint } from '../support/hold';
import { type Home, type HomeApplication, homeKinds } from '../support/homes';
import { Interference } from '../support/interference';
import { runRotor } from '../support/rotor-command';
import { RotorUnderTest } from '../support/rotor-under-test';
import { describeWith } from '../support/servers/describe-on';
import { postgresStrategies } from '../support/subject';

const pendingPassword = 'left-by-somebody-else';

const interference = new Interference();
let rotor: RotorUnderTest;
let home: Home;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  await rotor.startWorker({ wrap: (activities) => interference.wrap(activities) });
});

afterAll(() => rotor.close());

/** A value as a rotation function in Python writes it: with spaces, and what is not ASCII escaped. */
function asPython(value: Readonly<Record<string, unknown>>): string {
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}: ${JSON.stringify(member)}`);
  return `{${members.join(', ')}}`.replace(/[\u0080-\uffff]/g, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Leaves a version under AWSPENDING, as somebody else's rotation that broke. */
async function leave(application: HomeApplication, members: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const token = randomUUID();
  const value = { ...(await application.value()), password: pendingPassword, ...members };
  const left = { SecretId: application.arn, ClientRequestToken: token, VersionStages: ['AWSPENDING'] };
  await rotor.secretsManager.send(new PutSecretValueCommand({ ...left, SecretString: asPython(value) }));
  return token;
}

const resume = async ({ name }: HomeApplication): Promise<unknown> =>
  rotor.client.outcome(await rotor.client.leftover.resume(name));
const discard = async ({ name }: HomeApplication): Promise<unknown> =>
  rotor.client.outcome(await rotor.client.leftover.discard(name));

/** The passwords, of those that matter, that the database lets the user in with. */
async function accepted(application: HomeApplication): Promise<string[]> {
  const known = [application.firstPassword, pendingPassword, 'by hand'];
  const answers = await Promise.all(known.map((password) => application.accepts(password)));
  return known.filter((_, at) => answers[at]);
}

function describeLeft(): void {
  describe('a pending version that somebody else left', () => {
    test('is told by describe, and bars the next rotation, which is told what to do', async () => {
      const application = await home.createApplication();
      const token = await leave(application);

      await expect(rotor.client.rotateSecret({ secretId: application.name })).rejects.toMatchObject({
        name: 'RotationInProgress',
        message: expect.stringContaining(token) as unknown,
      });

      const { labels, rotation, leftover } = await rotor.client.describe(application.name);
      expect(labels).toEqual({ [application.firstVersion]: ['AWSCURRENT'], [token]: ['AWSPENDING'] });
      expect(rotation).toBeUndefined();
      expect(leftover).toEqual({ versionId: token });
    });

    test('is told by status in one line with what can be done, and as JSON', async () => {
      const application = await home.createApplication();
      const { name } = application;
      const env = rotor.environment;
      const untouched = await runRotor(['status', name], { env });
      const token = await leave(application);

      const { stdout } = await runRotor(['status', name], { env });
      const json = await runRotor(['status', name, '--json'], { env });

      expect(untouched.stdout).not.toContain('left over');
      expect(stdout.split('\n').filter((line) => line.startsWith('left over'))).toEqual([
        `left over  version ${token} holds AWSPENDING, no rotation is open on it, and it bars the next one: ` +
          `\`rotor resume ${name} --pending\` goes on with it, \`rotor discard ${name}\` takes the label off`,
      ]);
      expect(JSON.parse(json.stdout)).toMatchObject({ leftover: { versionId: token } });
    });

    test.each([
      ['is set in the database', true],
      ['is not set', false],
    ])('and that %s is resumed under its own token, by the command line too', async (_, isSet) => {
      const application = await home.createApplication({ comment: 'Größe' });
      const token = await leave(application);
      if (isSet) await application.setPassword(pendingPassword);

      const { code, stdout } = await runRotor(['resume', application.name, '--pending'], { env: rotor.environment });

      expect({ code, stdout }).toEqual({
        code: 0,
        stdout: expect.stringContaining(`AWSCURRENT is version ${token}`) as unknown,
      });
      expect(await application.labels()).toEqual({
        [token]: ['AWSCURRENT'],
        [application.firstVersion]: ['AWSPREVIOUS'],
      });
      expect(await accepted(application)).toEqual([pendingPassword]);
    });

    test('and that names the alternate user is resumed', async () => {
      const application = await home.createSubject('alternating-users');
      const token = await leave(application, { username: `${application.username}_clone` });

      const rotation = await rotor.client.leftover.resume(application.name);

      await expectRotated(rotor, { application, rotation });
      expect(rotation.versionId).toBe(token);
    });

    test.each(postgresStrategies)(
      'is discarded with %s, by the command line too, where the current one works',
      async (strategy) => {
        const application = await home.createSubject(strategy);
        const username = strategy === 'single-user' ? application.username : `${application.username}_clone`;
        const token = await leave(application, { username });

        const { code, stdout } = await runRotor(['discard', application.name], { env: rotor.environment });

        expect({ code, stdout }).toEqual({
          code: 0,
          stdout: expect.stringContaining(`AWSPENDING is taken off version ${token}`) as unknown,
        });
        expect(await application.labels()).toEqual({ [application.firstVersion]: ['AWSCURRENT'] });
        expect(await accepted(application)).toEqual([application.firstPassword]);
      },
    );

    test('is not discarded where only its password works', async () => {
      const application = await home.createApplication();
      const token = await leave(application);
      await application.setPassword(pendingPassword);

      await expect(discard(application)).rejects.toMatchObject({ type: 'SignInRefused' });

      expect(await application.labels()).toMatchObject({ [token]: ['AWSPENDING'] });
      expect(await accepted(application)).toEqual([pendingPassword]);
    });

    test.each([
      ['resumed', resume],
      ['discarded', discard],
    ])('is not %s where neither password works, and nothing changes', async (_, act) => {
      const application = await home.createApplication();
      const token = await leave(application);
      await application.setPassword('by hand');

      await expect(act(application)).rejects.toMatchObject({ type: 'SignInRefused' });

      expect(await application.labels()).toEqual({
        [application.firstVersion]: ['AWSCURRENT'],
        [token]: ['AWSPENDING'],
      });
      expect(await accepted(application)).toEqual(['by hand']);
    });

    test.each([
      ['resumed', resume],
      ['discarded', discard],
    ])('and that was planted for another host is never gone to when it is %s', async (_, act) => {
      const trap = { connections: 0, port: await findFreePort() };
      const listener = createServer(() => (trap.connections += 1)).listen(trap.port, '127.0.0.1');
      const application = await home.createApplication();
      const token = await leave(application, { port: trap.port });

      await act(application).catch(() => undefined);

      expect(trap.connections).toBe(0);
      expect((await application.labels())[application.firstVersion]).toEqual(['AWSCURRENT']);
      expect((await application.labels())[token] ?? []).not.toContain('AWSCURRENT');
      expect(await accepted(application)).toEqual([application.firstPassword]);
      listener.close();
    });

    test('is not resumed while the database is away, and discarded once it is back', async () => {
      const application = await home.createApplication();
      const token = await leave(application);
      await home.server.halt();

      await expect(resume(application)).rejects.toMatchObject({ type: 'TargetUnavailable' });
      expect(await application.labels()).toMatchObject({ [token]: ['AWSPENDING'] });
      const rotation = await rotor.client.leftover.discard(application.name);
      expect(await untilRetried(rotor, { rotation })).toBe('TargetUnavailable');
      await home.server.resume();
      await rotor.client.outcome(rotation);

      expect(await application.labels()).toEqual({ [application.firstVersion]: ['AWSCURRENT'] });
      expect(await accepted(application)).toEqual([application.firstPassword]);
    });

    /** Resumes, and cancels that at a step, which stands until it notices. */
    async function resumeUntil(
      { arn: secretId }: HomeApplication,
      { step, moment }: HoldPoint,
    ): Promise<RotationHandle> {
      const act = async (): Promise<void> => {
        const { cancelled } = Context.current();
        await rotor.client.cancelRotation({ secretId });
        await cancelled;
      };
      interference.plan({ secretId, step, moment, act });
      const rotation = await rotor.client.leftover.resume(secretId);
      await expect(rotor.client.outcome(rotation)).rejects.toMatchObject({ type: 'Cancelled' });
      return rotation;
    }

    test('stays where its resumption is cancelled before anything is proved', async () => {
      const application = await home.createApplication();
      const token = await leave(application);

      await resumeUntil(application, { step: 'takeStock', moment: 'before' });

      expect(await application.labels()).toEqual({
        [application.firstVersion]: ['AWSCURRENT'],
        [token]: ['AWSPENDING'],
      });
      expect((await rotor.client.describe(application.name)).leftover).toMatchObject({ versionId: token });
      expect(await accepted(application)).toEqual([application.firstPassword]);
    });

    test.each(['createSecret', 'setSecret', 'testSecret'] as const)(
      'is undone where its resumption is cancelled after %s',
      async (step) => {
        const application = await home.createApplication();
        await leave(application);

        const rotation = await resumeUntil(application, { step, moment: 'after' });

        await expectUndone(rotor, { application, rotation, type: 'Cancelled' });
        expect(await accepted(application)).toEqual([application.firstPassword]);
      },
    );

    test('is either resumed or discarded where both are asked for at once', async () => {
      const application = await home.createApplication();
      const token = await leave(application);

      const { leftover } = rotor.client;
      const asked = await Promise.allSettled([leftover.resume(application.name), leftover.discard(application.name)]);
      const [resumed, discarded] = asked;
      const won = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
      const lost = asked.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
      await Promise.all(won.map((rotation) => rotor.client.outcome(rotation)));

      expect(won).toHaveLength(1);
      expect(lost).toEqual([expect.objectContaining({ name: 'RotationInProgress' })]);
      const { firstVersion } = application;
      const labels =
        discarded.status === 'fulfilled'
          ? { [firstVersion]: ['AWSCURRENT'] }
          : { [token]: ['AWSCURRENT'], [firstVersion]: ['AWSPREVIOUS'] };
      expect(await application.labels()).toEqual(labels);
      expect(await accepted(application)).toEqual([
        resumed.status === 'fulfilled' ? pendingPassword : application.firstPassword,
      ]);
    });
  });
}

function describeNothingLeft(): void {
  test.each([
    ['resume', (application: HomeApplication) => rotor.client.leftover.resume(application.name)],
    ['discard', (application: HomeApplication) => rotor.client.leftover.discard(application.name)],
  ])('where nothing is left over, %s is refused', async (_, act) => {
    const application = await home.createApplication();

    await expect(act(application)).rejects.toMatchObject({ name: 'StoreRequestRefused' });

    expect(await accepted(application)).toEqual([application.firstPassword]);
  });
}

for (const { name, provision } of homeKinds) {
  describeWith(name, { provision }, (open) => {
    beforeAll(async () => {
      home = await open(rotor);
    });

    afterAll(() => home.server.stop());

    describeLeft();
    describeNothingLeft();
  });
}
