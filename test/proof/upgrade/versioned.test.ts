import { waitUntil } from '../../../local/supervisor';
import { expectRotated, type RotationOf, untilAsked } from '../../support/end-states';
import { RotorUnderTest } from '../../support/rotor-under-test';
import { buildsOf } from './builds-of';
import { OtherBuilds } from './other-builds';
import { PausedRotations } from './paused-rotations';

/** Temporal tells the builds of one deployment apart, and one of them is current (Worker Versioning). */
const name = 'rotor';
const places = ['createSecret', 'setSecret', 'testSecret', 'finishSecret', 'armNextRotation'] as const;

let rotor: RotorUnderTest;
let builds: OtherBuilds;
let begun: RotationOf[];
let asking: RotationOf;

/** Resolves when new rotations, and those under way, go to the workers of a build. */
async function makeCurrent(buildId: string): Promise<void> {
  const { workflowService } = rotor.temporal;
  const { namespace } = rotor.servers.temporal;
  const request = { namespace, deploymentName: name, buildId, identity: 'test' };
  const isMade = (): Promise<boolean> =>
    workflowService.setWorkerDeploymentCurrentVersion(request).then(
      () => true,
      () => false, // its workers have not been seen yet
    );
  expect(await waitUntil(isMade, { limitMs: 30_000, everyMs: 200 })).toBe(true);
}

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  builds = new OtherBuilds();
  const paused = new PausedRotations(rotor);
  const earlier = await rotor.startWorker({
    deployment: { name, buildId: '1' },
    workflowBundle: await builds.build('wording'),
    wrap: (activities) => paused.wrap(activities),
  });
  await makeCurrent('1');
  begun = await Promise.all(places.map((before) => paused.begin({ before })));
  asking = await paused.begin({ before: 'a decision', failed: 'finishSecret' });
  await rotor.startWorker({ deployment: { name, buildId: '2' } });
  await makeCurrent('2');
  await earlier.stop();
}, 120_000);

afterAll(async () => {
  builds.remove();
  await rotor.close();
});

test.each(places.map((place, at) => [place, at] as const))(
  'a rotation that stood before %s goes on under the build that is current now',
  async (_, at) => {
    const left = begun[at];
    if (!left) throw new Error('It was not begun.');

    await expectRotated(rotor, left);

    expect(await buildsOf(rotor, left)).toEqual(['1', '2']);
  },
);

test('so does one that waits for a decision', async () => {
  await untilAsked(rotor, asking);
  await rotor.client.decide({ secretId: asking.application.arn, choice: 'retry' });

  await expectRotated(rotor, asking);

  expect(await buildsOf(rotor, asking)).toEqual(['1', '2']);
});

test('a build that is not the current one gets no rotation', async () => {
  const next = await rotor.startWorker({ deployment: { name, buildId: '3' } });
  const application = await rotor.createApplication();

  const rotation = await rotor.rotate(application);

  expect(await buildsOf(rotor, { application, rotation })).toEqual(['2']);
  await next.stop();
});
