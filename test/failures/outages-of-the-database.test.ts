import { type Activities } from '../../activities';
import { expectRotated, untilRetried } from '../support/end-states';
import { FailingDatabase, outages } from '../support/failing-database';
import { Interference } from '../support/interference';
import { type RotatedApplication } from '../support/rotated-application';
import { RotorUnderTest } from '../support/rotor-under-test';
import { standBefore } from '../support/standing-rotations';
import { createSubject, postgresStrategies } from '../support/subject';

const steps = ['openRotation', 'createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
/** What asks the database. */
const asking: readonly (keyof Activities)[] = ['createSecret', 'setSecret', 'testSecret'];
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
  test.each(outages)('a database that is $what is waited for at each step, and nothing is lost', async (outage) => {
    const create = (): Promise<RotatedApplication> =>
      createSubject(rotor, { strategy, postgres: database.server, members: { port: database.network.port } });
    const { rotations, go } = await standBefore(rotor, { interference, steps, create });

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
});
