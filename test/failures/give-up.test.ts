import { waitUntil } from '../../local/supervisor';
import { expectUndone } from '../support/end-states';
import { FailingDatabase, outages } from '../support/failing-database';
import { FailingStore, storeOutages } from '../support/failing-store';
import { Interference } from '../support/interference';
import { type RotatedApplication } from '../support/rotated-application';
import { RotorUnderTest } from '../support/rotor-under-test';
import { before, standBefore, type StandingRotation } from '../support/standing-rotations';
import { createSubject, postgresStrategies } from '../support/subject';

const places = before(['createSecret', 'setSecret', 'testSecret']);
const giveUpAfterHours = 10 / 3_600;
const interference = new Interference();

let rotor: RotorUnderTest;
let database: FailingDatabase;
let store: FailingStore;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  database = await FailingDatabase.start();
  store = await FailingStore.start(rotor);
  await rotor.startWorker({ secretsManager: store.client, wrap: (activities) => interference.wrap(activities) });
});

afterAll(async () => {
  await store.stop();
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
        places,
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

  test.each(storeOutages)(
    'where Secrets Manager is $what for longer than a rotation may try, at each step before the pivot, it is undone by itself',
    async ({ begin }) => {
      const create = (): Promise<RotatedApplication> => createSubject(rotor, { strategy });
      const { rotations, go } = await standBefore(rotor, {
        interference,
        places,
        create,
        configuration: { giveUpAfterHours },
      });

      await begin(store);
      go();
      await Promise.all(rotations.map(untilGivenUp));
      await store.network.forward();

      await expectGivenUp(rotations);
    },
  );
});
