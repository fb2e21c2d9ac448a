import { type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createSecretsManagerClient } from '../../adapters/secrets-manager';
import { waitUntil } from '../../local/supervisor';
import { expectUndone } from '../support/end-states';
import { FailingDatabase, outages } from '../support/failing-database';
import { Interference } from '../support/interference';
import { type RotatedApplication } from '../support/rotated-application';
import { RotorUnderTest } from '../support/rotor-under-test';
import { standBefore, type StandingRotation } from '../support/standing-rotations';
import { createSubject, postgresStrategies } from '../support/subject';
import { TcpProxy } from '../support/tcp-proxy';

const steps = ['createSecret', 'setSecret', 'testSecret'] as const;
const giveUpAfterHours = 10 / 3_600;
const interference = new Interference();

let rotor: RotorUnderTest;
let database: FailingDatabase;
/** The way from the worker to Secrets Manager. */
let network: TcpProxy;
let secretsManager: SecretsManagerClient;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  database = await FailingDatabase.start();
  const { port, region, credentials } = rotor.endpoint;
  network = await TcpProxy.start({ host: '127.0.0.1', port });
  secretsManager = createSecretsManagerClient({ endpoint: `http://127.0.0.1:${network.port}`, region, credentials });
  await rotor.startWorker({ secretsManager, wrap: (activities) => interference.wrap(activities) });
});

afterAll(async () => {
  secretsManager.destroy();
  await network.close();
  await database.stop();
  await rotor.close();
});

/** Waits until the rotation tries no more to go forward. */
async function untilGivenUp({ rotation }: StandingRotation): Promise<void> {
  const hasGivenUp = async (): Promise<boolean> => {
    const { state } = (await rotor.client.describe(rotation.arn)).rotation?.status ?? {};
    return state !== undefined && state !== 'rotating';
  };
  expect(await waitUntil(hasGivenUp, { limitMs: 30_000, everyMs: 200 })).toBe(true);
}

function freeze(): Promise<void> {
  network.swallow();
  return Promise.resolve();
}

/** Expects that each rotation was undone, and says at which step it gave up. */
async function expectGivenUp(rotations: readonly StandingRotation[]): Promise<void> {
  for (const { application, rotation, step } of rotations) {
    await expectUndone(rotor, { application, rotation, type: 'GaveUp' });
    await expect(rotor.client.outcome(rotation)).rejects.toThrow(`${step} did not succeed in the time`);
  }
}

describe.each(postgresStrategies)('with %s', (strategy) => {
  test.each(outages)(
    'where the server is $what for longer than a rotation may try, at each step before the pivot, it is undone by itself',
    async ({ begin, end }) => {
      const create = (): Promise<RotatedApplication> =>
        createSubject(rotor, { strategy, postgres: database.server, members: { port: database.network.port } });
      const { rotations, go } = await standBefore(rotor, {
        interference,
        steps,
        create,
        configuration: { giveUpAfterHours },
      });

      await begin(database);
      go();
      await Promise.all(rotations.map(untilGivenUp));
      await end(database);

      await expectGivenUp(rotations);
    },
  );

  test.each([
    { what: 'stopped', begin: () => network.refuse() },
    { what: 'frozen', begin: freeze },
  ])(
    'where Secrets Manager is $what for longer than a rotation may try, at each step before the pivot, it is undone by itself',
    async ({ begin }) => {
      const create = (): Promise<RotatedApplication> => createSubject(rotor, { strategy });
      const { rotations, go } = await standBefore(rotor, {
        interference,
        steps,
        create,
        configuration: { giveUpAfterHours },
      });

      await begin();
      go();
      await Promise.all(rotations.map(untilGivenUp));
      await network.forward();

      await expectGivenUp(rotations);
    },
  );
});
