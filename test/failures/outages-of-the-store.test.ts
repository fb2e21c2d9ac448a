import { type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createSecretsManagerClient } from '../../adapters/secrets-manager';
import { expectRotated, untilRetried } from '../support/end-states';
import { Interference } from '../support/interference';
import { type RotatedApplication } from '../support/rotated-application';
import { RotorUnderTest } from '../support/rotor-under-test';
import { standBefore } from '../support/standing-rotations';
import { TcpProxy } from '../support/tcp-proxy';

const steps = ['openRotation', 'createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
/** More than the attempts that the client makes by itself. */
const throttled = 60;
const clientAttempts = 3;
const interference = new Interference();

let rotor: RotorUnderTest;
let network: TcpProxy;
let secretsManager: SecretsManagerClient;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  const { port, region, credentials } = rotor.endpoint;
  network = await TcpProxy.start({ host: '127.0.0.1', port });
  secretsManager = createSecretsManagerClient({ endpoint: `http://127.0.0.1:${network.port}`, region, credentials });
  await rotor.startWorker({ secretsManager, wrap: (activities) => interference.wrap(activities) });
});

afterAll(async () => {
  secretsManager.destroy();
  await network.close();
  await rotor.close();
});

const create = (): Promise<RotatedApplication> => rotor.createApplication();

function freeze(): Promise<void> {
  network.swallow();
  return Promise.resolve();
}

test.each([
  { what: 'stopped', begin: () => network.refuse() },
  { what: 'frozen', begin: freeze },
])('a Secrets Manager that is $what is waited for at each step, and nothing is lost', async ({ begin }) => {
  const { rotations, go } = await standBefore(rotor, { interference, steps, create });

  await begin();
  go();
  const seen = await Promise.all(rotations.map((one) => untilRetried(rotor, one)));
  await network.forward();

  expect(seen).toEqual(steps.map(() => 'StoreUnavailable'));
  for (const one of rotations) {
    await expectRotated(rotor, one);
    expect(await one.application.versions()).toHaveLength(2);
    expect(await one.application.signsIn(one.application.firstVersion)).toBe(false);
  }
});

test('a Secrets Manager that asks to slow down is waited for at each step', async () => {
  const { rotations, go } = await standBefore(rotor, { interference, steps, create });

  rotor.endpoint.controls.faults.arm({ kind: 'throttle', count: throttled });
  go();
  await Promise.all(rotations.map(({ rotation }) => rotor.client.outcome(rotation)));

  for (const one of rotations) await expectRotated(rotor, one);
  const refused = rotor.endpoint.controls.calls.list().filter(({ error }) => error === 'ThrottlingException');
  expect(refused).toHaveLength(throttled);
});

test('a Secrets Manager that says for how long it wants to be left alone is left alone for that long', async () => {
  const application = await rotor.createApplication();
  const { faults, calls } = rotor.endpoint.controls;
  faults.arm({ kind: 'throttle', operation: 'PutSecretValue', ms: 3_000, count: clientAttempts });

  const rotation = await rotor.client.rotateSecret({ secretId: application.arn });

  await expectRotated(rotor, { application, rotation });
  const puts = calls.list().filter(({ request }) => request.ClientRequestToken === rotation.versionId);
  expect(puts.map(({ error }) => error === undefined)).toEqual([false, false, false, true]);
  const [lastRefused, taken] = puts.slice(-2).map(({ at }) => at);
  expect(Number(taken) - Number(lastRefused)).toBeGreaterThanOrEqual(2_900);
});
