import { type Activities } from '../../activities';
import { atOnce } from '../support/at-once';
import { expectGivenWay, expectRotated, untilStill } from '../support/end-states';
import { Interference } from '../support/interference';
import { type RotatedApplication } from '../support/rotated-application';
import { RotorUnderTest } from '../support/rotor-under-test';
import { createSubject, postgresStrategies } from '../support/subject';

interface Case {
  readonly strategy: (typeof postgresStrategies)[number];
  /** The step that somebody stores a value before. */
  readonly step: keyof Activities;
  /** What else they did. */
  readonly and: 'and sets it in the database' | 'and nothing else';
}

const all: Case[] = postgresStrategies.flatMap((strategy) =>
  (['openRotation', 'createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const).flatMap((step) =>
    (['and sets it in the database', 'and nothing else'] as const).map((and) => ({ strategy, step, and })),
  ),
);

const isEarly = ({ step }: Case): boolean => step === 'openRotation' || step === 'createSecret';

/** A superuser is never used for a user of whom the secret has no password that works. */
const isUsable = (one: Case): boolean =>
  !(isEarly(one) && one.strategy === 'alternating-users' && one.and === 'and nothing else');

const cases = all.filter(isUsable);

const interference = new Interference();
let rotor: RotorUnderTest;
let end: (one: Case) => Promise<void>;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  await rotor.startWorker({ wrap: (activities) => interference.wrap(activities) });
  end = atOnce(cases, { work: supersede });
});

afterAll(() => rotor.close());

/** Somebody stores another password before a step. */
async function supersede(one: Case): Promise<void> {
  const { strategy, step, and } = one;
  const application = await createSubject(rotor, { strategy });
  const { arn: secretId, firstVersion } = application;
  let theirs = '';
  const act = async (): Promise<void> => {
    theirs = await storeAnother(application);
    if (and === 'and sets it in the database') await application.setPassword(await application.password(theirs));
  };
  interference.plan({ secretId, step, act });

  const rotation = await rotor.client.rotateSecret({ secretId });

  if (isEarly(one)) {
    await expectRotated(rotor, { application, rotation });
    expect((await rotor.client.outcome(rotation)).previousVersionId).toBe(theirs);
    return;
  }
  await untilStill(rotor, { rotation });
  const labels = { [theirs]: ['AWSCURRENT'], [firstVersion]: ['AWSPREVIOUS'] };
  await expectGivenWay(rotor, { application, rotation, labels });
  expect(await application.signsIn(theirs)).toBe(true);
  expect(await application.signsIn(firstVersion)).toBe(false);
  if (strategy === 'single-user') expect(await application.signsIn(rotation.versionId)).toBe(false);
}

async function storeAnother(application: RotatedApplication): Promise<string> {
  const password = `theirs-${application.username}`;
  return application.put(JSON.stringify({ ...(await application.value()), password }));
}

test.each(cases.filter((one) => !isEarly(one)))(
  'somebody stores another password before $step with $strategy $and: it stays current, works, and the rotation gives way',
  (one) => end(one),
);

test.each(cases.filter(isEarly))(
  'somebody stores another password before $step with $strategy $and: it is the one that is rotated',
  (one) => end(one),
);
