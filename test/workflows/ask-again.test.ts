import { type Activities } from '../../activities';
import { type OpenQuestion, type RotationHandle } from '../../client';
import { StoreAccessDeniedError } from '../../rotation/errors';
import { waiting } from '../../workflows/rotation-status';
import { expectRotated, untilAsked } from '../support/end-states';
import { FailingStep } from '../support/failing-step';
import { Hold } from '../support/hold';
import { type OwnPostgresServer, startPostgresServer } from '../support/postgres-server';
import { type RotatedApplication } from '../support/rotated-application';
import { runRotor } from '../support/rotor-command';
import { RotorUnderTest, type RunningWorker } from '../support/rotor-under-test';

const unasked = 'the database could not be asked about its credential';

let rotor: RotorUnderTest;
let server: OwnPostgresServer;
let worker: RunningWorker;
let application: RotatedApplication;
let finish: FailingStep;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  server = await startPostgresServer();
});

beforeEach(async () => {
  application = await rotor.createApplication({}, server);
  finish = new FailingStep('finishSecret', new StoreAccessDeniedError('Grant it.'));
});

afterEach(() => worker.stop());

afterAll(async () => {
  await server.stop();
  await rotor.close();
});

/** A rotation that was tested, may not move the label, and asks a person after something happened. */
async function stuck(
  happens: () => Promise<unknown> = () => Promise.resolve(),
  wrap: (activities: Activities) => Activities = (activities) => activities,
): Promise<RotationHandle> {
  const hold = new Hold({ step: 'finishSecret', moment: 'before' });
  worker = await rotor.startWorker({ wrap: (activities) => hold.wrap(finish.wrap(wrap(activities))) });
  const rotation = await rotor.client.rotateSecret({ secretId: application.name });
  await hold.reached;
  await happens();
  hold.release();
  await untilAsked(rotor, { rotation });
  return rotation;
}

async function question(): Promise<OpenQuestion | undefined> {
  return (await rotor.client.describe(application.name)).rotation?.status?.question;
}

const askAgain = (): Promise<OpenQuestion> => rotor.client.askAgain(application.name);

async function timesAsked(): Promise<number> {
  const { rotation } = await rotor.client.describe(application.name);
  return (rotation?.status?.steps ?? []).filter(({ step }) => step === 'takeStock').length;
}

async function finishIt(rotation: RotationHandle): Promise<void> {
  finish.mend();
  await rotor.client.decide({ secretId: application.name, choice: 'retry', question: 1 });
  await expectRotated(rotor, { application, rotation });
}

test('a database that was down when a person was asked is asked again once it is up; the rotation goes on waiting', async () => {
  const rotation = await stuck(() => server.halt());
  const before = await question();
  const stillDown = await askAgain();
  await server.resume();

  const { code, stdout } = await runRotor(['status', application.name, '--ask'], { env: rotor.environment });

  expect(before?.truth.every((line) => line.includes(unasked))).toBe(true);
  expect(before).not.toHaveProperty('askedAgainAt');
  expect(stillDown.truth).toEqual(before?.truth);
  expect(code).toBe(0);
  expect(stdout).toContain(
    `${rotation.versionId} (the rotation's) holds AWSPENDING; the database accepts its credential.`,
  );
  expect(stdout).not.toContain(unasked);
  const after = await question();
  expect(after).toEqual({
    ...before,
    stock: {
      current: expect.objectContaining({ versionId: application.firstVersion, signsIn: 'refused' }) as unknown,
      pending: expect.objectContaining({ versionId: rotation.versionId, signsIn: 'accepted' }) as unknown,
    },
    truth: expect.any(Array) as unknown,
    askedAgainAt: expect.any(String) as unknown,
  });
  expect(stdout).toContain(`as of ${after?.askedAgainAt ?? ''};`);
  expect((await rotor.client.describe(application.name)).rotation?.status?.state).toBe(waiting);
  await finishIt(rotation);
});

test('labels that could not be read are read again; what became unknown is no longer told', async () => {
  const stock = new FailingStep('takeStock', new StoreAccessDeniedError('Grant secretsmanager:GetSecretValue.'));
  const rotation = await stuck(undefined, (activities) => stock.wrap(activities));
  const before = await question();

  stock.mend();
  const known = await askAgain();

  expect(before?.truth).toEqual(['Labels and database could not be asked.']);
  expect(known.stock?.pending?.signsIn).toBe('accepted');
  const { currentDetails } = await rotor
    .owner(application.arn)
    .query<{ currentDetails: string }>('__temporal_workflow_metadata');
  expect(currentDetails).toContain(`As of ${known.askedAgainAt ?? ''}:\n\n- ${known.truth[0] ?? ''}\n`);
  await server.halt();
  const unknown = await askAgain();
  await server.resume();
  expect(unknown.stock?.pending?.signsIn).toBe('unknown');
  await finishIt(rotation);
});

test('asked twice at once it is found out once; a decision that comes meanwhile is carried out after that', async () => {
  const held = { stock: new Hold({ step: 'takeStock', moment: 'before' }) };
  held.stock.release();
  const rotation = await stuck(undefined, (activities) => ({
    ...activities,
    takeStock: (request) => held.stock.wrap(activities).takeStock(request),
  }));
  held.stock = new Hold({ step: 'takeStock', moment: 'before' });
  finish.mend();

  const asked = [askAgain(), askAgain()];
  await held.stock.reached;
  await rotor.client.decide({ secretId: application.name, choice: 'retry', question: 1 });
  const { rotation: meanwhile } = await rotor.client.describe(application.name);
  held.stock.release();
  const [one, other] = await Promise.all(asked);

  expect(meanwhile?.status?.state).toBe(waiting);
  expect(one).toEqual(other);
  await expectRotated(rotor, { application, rotation });
  expect(await timesAsked()).toBe(2);
});

test('where no rotation is under way nothing is asked, and status --ask says so in one line', async () => {
  worker = await rotor.startWorker();

  await expect(askAgain()).rejects.toMatchObject({ name: 'DecisionRefused' });
  const rotation = await rotor.rotate(application);
  const { code, stderr } = await runRotor(['status', application.name, '--ask'], { env: rotor.environment });

  expect({ code, stderr }).toEqual({ code: 1, stderr: `rotor: ${application.name}: No rotation is under way.\n` });
  await expectRotated(rotor, { application, rotation });
});

test('a rotation that does not wait for a decision is not asked', async () => {
  const hold = new Hold({ step: 'setSecret', moment: 'before' });
  worker = await rotor.startWorker({ wrap: (activities) => hold.wrap(activities) });
  const rotation = await rotor.client.rotateSecret({ secretId: application.name });
  await hold.reached;

  await expect(askAgain()).rejects.toThrow('The rotation does not wait for a decision.');

  hold.release();
  await expectRotated(rotor, { application, rotation });
});
