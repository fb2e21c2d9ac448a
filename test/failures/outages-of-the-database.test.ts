import { type Activities } from '../../activities';
import { expectRotated, expectUndone, untilRetried } from '../support/end-states';
import { FailingDatabase, outages } from '../support/failing-database';
import { Interference } from '../support/interference';
import { type RotatedApplication } from '../support/rotated-application';
import { RotorUnderTest } from '../support/rotor-under-test';
import { before, standBefore, undoneBy, undoPlaces } from '../support/standing-rotations';
import { createSubject, postgresStrategies } from '../support/subject';

const places = before(['openRotation', 'createSecret', 'setSecret', 'testSecret', 'finishSecret']);
/** What asks the database. */
const asking: readonly (keyof Activities)[] = ['createSecret', 'setSecret', 'testSecret'];
const askingInTheUndo = [undoPlaces.restoreCurrent, undoPlaces.discardPending];
const interference = new Interference();

let rotor: RotorUnderTest;
let database: FailingDatabase;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  database = await FailingDatabase.start();
  await rotor.startWorker({ wrap: (activities) => interference.wrap(activities) });
});

afterAll(async () => {
  await database.stop();
  await rotor.close();
});

describe.each(postgresStrategies)('with %s', (strategy) => {
  const create = (): Promise<RotatedApplication> =>
    createSubject(rotor, { strategy, postgres: database.server, members: { port: database.network.port } });

  test.each(outages)('a database that is $what is waited for at each step, and nothing is lost', async (outage) => {
    const { rotations, go } = await standBefore(rotor, { interference, places, create });

    await outage.begin(database);
    go();
    const waiting = rotations.filter(({ step }) => asking.includes(step));
    const seen = await Promise.all(waiting.map((one) => untilRetried(rotor, one)));
    await outage.end(database);

    expect(seen).toEqual(asking.map(() => 'TargetUnavailable'));
    for (const one of rotations) await expectRotated(rotor, one);
    for (const { application, step } of waiting) {
      expect(interference.attempts(application.arn, step)).toBeGreaterThan(1);
      expect(await application.versions()).toHaveLength(2);
    }
  });

  test.each(outages)(
    'a database that is $what is waited for at each step of the undo, which then comes to its end',
    async (outage) => {
      const { rotations, go } = await standBefore(rotor, { interference, places: askingInTheUndo, create });

      await outage.begin(database);
      go();
      const seen = await Promise.all(rotations.map((one) => untilRetried(rotor, one)));
      await outage.end(database);

      expect(seen).toEqual(askingInTheUndo.map(() => 'TargetUnavailable'));
      for (const one of rotations) {
        await expectUndone(rotor, { ...one, type: undoneBy });
        expect(interference.attempts(one.application.arn, one.step)).toBeGreaterThan(1);
        expect(await one.application.versions()).toHaveLength(2);
      }
    },
  );
});
