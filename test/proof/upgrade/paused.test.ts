import { waitUntil } from '../../../local/supervisor';
import { expectRotated, expectUndone, type RotationOf, untilAsked } from '../../support/end-states';
import { RotorUnderTest, type RunningWorker } from '../../support/rotor-under-test';
import { describeWith } from '../../support/servers/describe-on';
import { buildsOf } from './builds-of';
import { findEarlierBuild } from './earlier-build';
import { OtherBuilds } from './other-builds';
import { failure, type Pause, PausedRotations, pauses, type Place } from './paused-rotations';

/** Whichever worker polls goes on with a rotation, so each build must be able to go on with what another one began. */
let rotor: RotorUnderTest;
let builds: OtherBuilds;
let worker: RunningWorker;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  builds = new OtherBuilds();
});

afterAll(async () => {
  builds.remove();
  await rotor.close();
});

type Build = () => Promise<{ codePath: string }>;

const withOtherWords: Build = () => builds.build('wording');

/** Rotations that another build began and that stand, whose worker is gone. */
async function leftByBuild<Each extends Place>(build: Build, places: readonly Each[]): Promise<Map<Each, RotationOf>> {
  const paused = new PausedRotations(rotor);
  const earlier = await rotor.startWorker({
    workflowBundle: await build(),
    wrap: (activities) => paused.wrap(activities),
  });
  const begun = await Promise.all(places.map(async (place) => [place, await paused.begin(place)] as const));
  await earlier.stop();
  return new Map(begun);
}

describe('a rotation that a build with other words began goes on under this one', () => {
  describeGoingOn(withOtherWords);
});

describeWith('the earlier build', { provision: findEarlierBuild(), mayBeMissing: true }, (takeOut) => {
  const earlier = takeOut();

  afterAll(() => {
    earlier.remove();
  });

  describe('has begun a rotation, which goes on under this one', () => {
    describeGoingOn(
      () => earlier.build(),
      [...pauses, { before: 'armNextRotation', isScheduled: false, end: 'rotated' }],
    );
  });
});

function describeGoingOn(build: Build, all: readonly Pause[] = pauses): void {
  let begun: Map<Pause, RotationOf>;

  beforeAll(async () => {
    begun = await leftByBuild(build, all);
    worker = await rotor.startWorker();
  }, 120_000);

  afterAll(() => worker.stop());

  test.each(all.map((pause) => [nameOf(pause), pause] as const))('%s', async (_, pause) => {
    const left = begun.get(pause);
    if (!left) throw new Error('It was not begun.');
    if (pause.choice) {
      await untilAsked(rotor, left);
      await rotor.client.decide({ secretId: left.application.arn, choice: pause.choice });
    }

    await expectEnd(left, pause);

    expect(await buildsOf(rotor, left)).toHaveLength(2);
    expect(await left.application.versions()).toHaveLength(2);
  });
}

function nameOf({ before, failed, choice, end, isScheduled = true }: Pause): string {
  const what = [
    isScheduled ? `before ${before}` : `before ${before} without a Schedule`,
    failed && `after ${failed} failed`,
    choice && `decided "${choice}"`,
  ];
  return `${what.filter((part) => part !== undefined).join(', ')}: it is ${end}`;
}

async function expectEnd(left: RotationOf, { end }: Pause): Promise<void> {
  if (end === 'rotated') await expectRotated(rotor, left);
  else if (end === 'undone') await expectUndone(rotor, { ...left, type: failure.name });
  else {
    await expect(rotor.client.outcome(left.rotation)).rejects.toMatchObject({ type: failure.name });
    expect((await left.application.labels())[left.rotation.versionId]).toEqual(['AWSPENDING']);
    expect(await left.application.signsIn(left.rotation.versionId)).toBe(true);
  }
}

test('a build with another order of steps cannot go on, harms nothing, and the right one goes on after it', async () => {
  const place = { before: 'testSecret' } as const;
  const left = (await leftByBuild(withOtherWords, [place])).get(place);
  if (!left) throw new Error('It was not begun.');
  const wrong = await rotor.startWorker({ workflowBundle: await builds.build('order') });

  expect(await waitUntil(() => isNondeterministic(left), { limitMs: 30_000 })).toBe(true);

  await wrong.stop();
  worker = await rotor.startWorker();
  await expectRotated(rotor, left);
  await worker.stop();
});

async function isNondeterministic({ application: { arn }, rotation: { runId } }: RotationOf): Promise<boolean> {
  const { events } = await rotor.owner(arn, runId).fetchHistory();
  return (
    events?.some(({ workflowTaskFailedEventAttributes: failed }) => failed?.failure?.message?.includes('TMPRL1100')) ===
    true
  );
}
