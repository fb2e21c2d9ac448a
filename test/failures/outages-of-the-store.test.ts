import { expectRotated, expectUndone, untilRetried } from '../support/end-states';
import { FailingStore, storeOutages } from '../support/failing-store';
import { Interference } from '../support/interference';
import { type RotatedApplication } from '../support/rotated-application';
import { RotorUnderTest } from '../support/rotor-under-test';
import { before, standBefore, undoneBy, undoPlaces } from '../support/standing-rotations';
import { createSubject, postgresStrategies } from '../support/subject';

const places = before(['openRotation', 'createSecret', 'setSecret', 'testSecret', 'finishSecret']);
/** Each call of the undo that changes something, and the first of each step. */
const callsOfTheUndo = [
  { of: 'restoreCurrent', operation: 'GetSecretValue' },
  { of: 'discardPending', operation: 'DescribeSecret' },
  { of: 'discardPending', operation: 'UpdateSecretVersionStage' },
  { of: 'closeToken', operation: 'PutSecretValue' },
  { of: 'closeToken', operation: 'UpdateSecretVersionStage' },
] as const;
const callsByEachStrategy = postgresStrategies.flatMap((strategy) =>
  callsOfTheUndo.map((call) => ({ ...call, strategy })),
);
/** More than the attempts that the client makes by itself. */
const throttled = 60;
const clientAttempts = 3;
const interference = new Interference();

let rotor: RotorUnderTest;
let store: FailingStore;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  store = await FailingStore.start(rotor);
  await rotor.startWorker({ secretsManager: store.client, wrap: (activities) => interference.wrap(activities) });
});

afterAll(async () => {
  await store.stop();
  await rotor.close();
});

// First, because outages use up the quick attempts that the client makes by itself.
test('a Secrets Manager that asks to slow down is waited for at each step', async () => {
  const create = (): Promise<RotatedApplication> => rotor.createApplication();
  const { rotations, go } = await standBefore(rotor, { interference, places, create });

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

describe.each(postgresStrategies)('with %s', (strategy) => {
  const create = (): Promise<RotatedApplication> => createSubject(rotor, { strategy });

  test.each(storeOutages)(
    'a Secrets Manager that is $what is waited for at each step, and nothing is lost',
    async ({ begin }) => {
      const { rotations, go } = await standBefore(rotor, { interference, places, create });

      await begin(store);
      go();
      const seen = await Promise.all(rotations.map((one) => untilRetried(rotor, one)));
      await store.network.forward();

      expect(seen).toEqual(places.map(() => 'StoreUnavailable'));
      for (const one of rotations) {
        await expectRotated(rotor, one);
        expect(await one.application.versions()).toHaveLength(2);
        expect(await one.application.signsIn(one.application.firstVersion)).toBe(strategy !== 'single-user');
      }
    },
  );

  test.each(storeOutages)(
    'a Secrets Manager that is $what is waited for at each step of the undo, which then comes to its end',
    async ({ begin }) => {
      const undo = Object.values(undoPlaces);
      const { rotations, go } = await standBefore(rotor, { interference, places: undo, create });

      await begin(store);
      go();
      const seen = await Promise.all(rotations.map((one) => untilRetried(rotor, one)));
      await store.network.forward();

      expect(seen).toEqual(undo.map(() => 'StoreUnavailable'));
      for (const one of rotations) {
        await expectUndone(rotor, { ...one, type: undoneBy });
        expect(await one.application.versions()).toHaveLength(2);
      }
    },
  );
});

describe.each(storeOutages)('a Secrets Manager that is $what', (outage) => {
  test.each(callsByEachStrategy)(
    'in the middle of $operation, with its answer lost, is waited for by the undo ($of) with $strategy',
    async ({ of, operation, strategy }) => {
      const create = (): Promise<RotatedApplication> => createSubject(rotor, { strategy });
      const { rotations, go } = await standBefore(rotor, { interference, places: [undoPlaces[of]], create });

      for (const { application } of rotations) store.breakAfter({ arn: application.arn, operation }, outage);
      go();
      const seen = await Promise.all(rotations.map((one) => untilRetried(rotor, one)));
      await store.network.forward();

      expect(seen).toEqual(['StoreUnavailable']);
      for (const one of rotations) await expectUndone(rotor, { ...one, type: undoneBy });
    },
  );
});
