import { RotorUnderTest } from '../support/rotor-under-test';

let rotor: RotorUnderTest;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  await rotor.startWorker();
});

afterAll(() => rotor.close());

test('the new password signs in, and the old one is refused', async () => {
  const application = await rotor.createApplication();

  await rotor.rotate(application);

  const password = await application.password();
  expect(password).not.toBe(application.firstPassword);
  expect(await application.accepts(password)).toBe(true);
  expect(await application.accepts(application.firstPassword)).toBe(false);
});

test('AWSCURRENT moves to the version of the rotation, AWSPREVIOUS to the one before, and AWSPENDING is gone', async () => {
  const application = await rotor.createApplication();
  const { firstVersion } = application;
  expect(await application.labels()).toEqual({ [firstVersion]: ['AWSCURRENT'] });

  const { versionId } = await rotor.rotate(application);

  expect(await application.labels()).toEqual({ [versionId]: ['AWSCURRENT'], [firstVersion]: ['AWSPREVIOUS'] });
});

test('only the password changes in the text of the secret', async () => {
  const members = { team: 'payments', masterarn: null, retries: 12345678901234, nested: { a: [1, 2.5, '3'] } };
  const application = await rotor.createApplication(members);
  const before = await application.text();

  await rotor.rotate(application);

  const expected = before.replace(application.firstPassword, await application.password());
  expect(await application.text()).toBe(expected);
});

test('the result names the secret, both versions and the steps, in order', async () => {
  const application = await rotor.createApplication();

  const rotation = await rotor.client.rotateSecret({ secretId: application.name });
  const outcome = await rotor.client.outcome(rotation);

  const { steps, rotatedAt, ...ids } = outcome;
  expect(ids).toEqual({
    outcome: 'rotated',
    secretId: application.arn,
    clientRequestToken: rotation.versionId,
    previousVersionId: application.firstVersion,
  });
  expect(Math.abs(Date.parse(rotatedAt ?? '') - Date.now())).toBeLessThan(60_000);
  expect(steps.map(({ step, outcome: how }) => [step, how])).toEqual([
    ['openRotation', 'done'],
    ['createSecret', 'done'],
    ['setSecret', 'done'],
    ['testSecret', 'done'],
    ['finishSecret', 'done'],
    ['armNextRotation', 'done'],
  ]);
});

test('the token of a rotation that nobody gave one is the id of its run', async () => {
  const application = await rotor.createApplication();

  const { versionId, runId } = await rotor.rotate(application);

  expect(versionId).toBe(runId);
});

test('a second rotation begins where the first one ended', async () => {
  const application = await rotor.createApplication();
  const first = await rotor.rotate(application);
  const firstPassword = await application.password();

  const second = await rotor.rotate(application);

  expect(await application.labels()).toEqual({
    [second.versionId]: ['AWSCURRENT'],
    [first.versionId]: ['AWSPREVIOUS'],
  });
  expect(await application.accepts(await application.password())).toBe(true);
  expect(await application.accepts(firstPassword)).toBe(false);
});

test('a name and the full ARN mean the same secret', async () => {
  const application = await rotor.createApplication();

  const byName = await rotor.rotate(application);
  const byArn = await rotor.client.rotateSecret({ secretId: application.arn });
  await rotor.client.outcome(byArn);

  expect(byArn.arn).toBe(byName.arn);
  expect(Object.keys(await application.labels())).toHaveLength(2);
});
