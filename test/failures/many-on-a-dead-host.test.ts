import { waitUntil } from '../../local/supervisor';
import { expectRotated } from '../support/end-states';
import { FailingDatabase } from '../support/failing-database';
import { Interference } from '../support/interference';
import { type RotatedApplication } from '../support/rotated-application';
import { RotorUnderTest } from '../support/rotor-under-test';
import { createSubject } from '../support/subject';

const secrets = 12;
const attempts = 4;
/** As long as an engine waits for a server that does not answer. */
const connectMs = 5_000;
const limitMs = 90_000;
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

test('many secrets on a host that swallows packets: it is asked for one at a time, and all are rotated once it answers', async () => {
  const members = { port: database.network.port };
  const create = (): Promise<RotatedApplication> =>
    createSubject(rotor, { strategy: 'single-user', postgres: database.server, members });
  const applications = await Promise.all(Array.from({ length: secrets }, create));

  database.network.swallow();
  const since = performance.now();
  const rotations = await Promise.all(
    applications.map(async (application) => ({
      application,
      rotation: await rotor.client.rotateSecret({ secretId: application.arn }),
    })),
  );
  expect(await waitUntil(() => applications.every(hasTried), { limitMs })).toBe(true);
  const { accepted } = database.network;
  const oneAfterAnother = 1 + (performance.now() - since) / connectMs;
  await database.network.forward();

  expect(accepted).toBeGreaterThan(0);
  expect(accepted).toBeLessThanOrEqual(secrets + oneAfterAnother);
  for (const one of rotations) await expectRotated(rotor, one);
});

function hasTried({ arn }: RotatedApplication): boolean {
  return interference.attempts(arn, 'createSecret') >= attempts;
}
