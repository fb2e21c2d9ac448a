import { Context } from '@temporalio/activity';
import { StoreAccessDeniedError } from '../../rotation/errors';
import { atOnce } from '../support/at-once';
import { expectRotated, untilAsked } from '../support/end-states';
import { type HoldPoint } from '../support/hold';
import { Interference } from '../support/interference';
import { type RotatedApplication } from '../support/rotated-application';
import { RotorUnderTest } from '../support/rotor-under-test';
import { createSubject, postgresStrategies } from '../support/subject';
import { terminate } from '../support/ways-to-end';

interface Case extends HoldPoint {
  readonly strategy: (typeof postgresStrategies)[number];
  readonly then: 'resume' | 'discard';
}

const places: readonly HoldPoint[] = [
  { step: 'createSecret', moment: 'after' },
  { step: 'setSecret', moment: 'before' },
  { step: 'setSecret', moment: 'after' },
  { step: 'testSecret', moment: 'after' },
  { step: 'finishSecret', moment: 'before' },
];

const cases: Case[] = postgresStrategies.flatMap((strategy) =>
  places.flatMap((place) => (['resume', 'discard'] as const).map((then) => ({ ...place, strategy, then }))),
);

/** Whether the database accepts the pending password only. */
const isSet = ({ strategy, step, moment }: Case): boolean =>
  strategy === 'single-user' && step !== 'createSecret' && !(step === 'setSecret' && moment === 'before');

const interference = new Interference();
let rotor: RotorUnderTest;
let end: (one: Case) => Promise<void>;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  await rotor.startWorker({ wrap: (activities) => interference.wrap(activities) });
  end = atOnce(cases, { work: terminateAndGoOn });
});

afterAll(() => rotor.close());

/** Terminates a rotation where it stands; resolves when nothing of it runs any more. */
async function terminateAt(application: RotatedApplication, { step, moment }: HoldPoint): Promise<string> {
  const { arn: secretId } = application;
  const gone = new Promise<void>((resolve) => {
    const act = (): Promise<never> => {
      const { cancelled } = Context.current();
      void terminate(rotor, secretId);
      return cancelled.finally(resolve);
    };
    interference.plan({ secretId, step, moment, act });
  });
  const rotation = await rotor.client.rotateSecret({ secretId });
  await expect(rotor.client.outcome(rotation)).rejects.toMatchObject({ type: 'Terminated' });
  await gone;
  return rotation.versionId;
}

async function terminateAndGoOn(one: Case): Promise<void> {
  const application = await createSubject(rotor, { strategy: one.strategy });
  const { arn: secretId, firstVersion } = application;
  const token = await terminateAt(application, one);
  const left = { [firstVersion]: ['AWSCURRENT'], [token]: ['AWSPENDING'] };
  expect(await application.labels()).toEqual(left);

  const { leftover, rotation: ended } = await rotor.client.describe(secretId);
  expect(leftover).toEqual({ versionId: token, since: ended?.endedAt });

  const refused = rotor.client.rotateSecret({ secretId });
  await expect(refused).rejects.toThrow(/version \S+ holds AWSPENDING.*`rotor resume --pending`.*`rotor discard`/);

  if (one.then === 'discard') {
    const discarding = rotor.client.outcome(await rotor.client.leftover.discard(secretId));
    if (!isSet(one)) {
      await expect(discarding).resolves.toMatchObject({ outcome: 'discarded', clientRequestToken: token });
      expect(await application.labels()).toEqual({ [firstVersion]: ['AWSCURRENT'] });
      expect(await application.signsIn()).toBe(true);
      return;
    }
    await expect(discarding).rejects.toMatchObject({ type: 'SignInRefused' });
    expect(await application.labels()).toEqual(left);
    expect(await application.signsIn(token)).toBe(true);
  }
  const rotation = await rotor.client.leftover.resume(secretId);
  await expectRotated(rotor, { application, rotation });
  expect(rotation.versionId).toBe(token);
}

test.each(cases.filter(({ then }) => then === 'resume'))(
  'terminated $moment $step with $strategy: the next is told what to do, and "resume" finishes the same version',
  (one) => end(one),
);

test.each(cases.filter((one) => one.then === 'discard' && !isSet(one)))(
  'terminated $moment $step with $strategy: "discard" takes the label off, and the current password works',
  (one) => end(one),
);

test.each(cases.filter((one) => one.then === 'discard' && isSet(one)))(
  'terminated $moment $step with $strategy: "discard" is refused, because only the pending password works',
  (one) => end(one),
);

test.each<HoldPoint>([
  { step: 'openRotation', moment: 'before' },
  { step: 'createSecret', moment: 'before' },
  { step: 'finishSecret', moment: 'after' },
])('terminated $moment $step: nothing is left over, and the next rotation begins', async (place) => {
  const application = await createSubject(rotor, { strategy: 'single-user' });
  await terminateAt(application, place);

  const rotation = await rotor.client.rotateSecret({ secretId: application.name });

  await expectRotated(rotor, { application, rotation });
});

test.each(postgresStrategies)(
  'terminated while it waits for a decision, with %s: nothing can be decided any more, and "resume" finishes it',
  async (strategy) => {
    const application = await createSubject(rotor, { strategy });
    const { arn: secretId, firstVersion } = application;
    const act = (): Promise<never> => Promise.reject(new StoreAccessDeniedError('Grant it.'));
    interference.plan({ secretId, step: 'finishSecret', act });
    const stopped = await rotor.client.rotateSecret({ secretId });
    await untilAsked(rotor, { rotation: stopped });
    await terminate(rotor, secretId);
    await expect(rotor.client.outcome(stopped)).rejects.toMatchObject({ type: 'Terminated' });

    const { leftover, labels } = await rotor.client.describe(secretId);
    const decided = rotor.client.decide({ secretId, choice: 'retry', question: 1 });

    await expect(decided).rejects.toMatchObject({ name: 'DecisionRefused' });
    expect(labels).toEqual({ [firstVersion]: ['AWSCURRENT'], [stopped.versionId]: ['AWSPENDING'] });
    expect(leftover).toMatchObject({ versionId: stopped.versionId });
    const rotation = await rotor.client.leftover.resume(secretId);
    await expectRotated(rotor, { application, rotation });
    expect(rotation.versionId).toBe(stopped.versionId);
  },
);
