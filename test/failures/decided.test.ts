import { Context } from '@temporalio/activity';
import { type DecisionChoice, decisionChoices } from '../../client';
import { PermissionMissingError, StoreAccessDeniedError } from '../../rotation/errors';
import { atOnce } from '../support/at-once';
import { described, expectRotated, expectUndone, untilAsked } from '../support/end-states';
import { Interference } from '../support/interference';
import { RotorUnderTest } from '../support/rotor-under-test';
import { createSubject, postgresStrategies } from '../support/subject';

/** Where a rotation stands still, and what brings it there. */
interface State {
  readonly what: string;
  readonly plan: (secretId: string) => void;
  /** Whether the database accepts the pending credential. */
  readonly isSet: boolean;
  /** What a rotation that is undone from there fails with. */
  readonly undoneAs: string;
}

interface Case extends State {
  readonly choice: DecisionChoice;
  readonly strategy: (typeof postgresStrategies)[number];
}

const interference = new Interference();
const obstacle = (): Promise<never> => Promise.reject(new StoreAccessDeniedError('Grant it.'));
const failure = (): Promise<never> => Promise.reject(new PermissionMissingError('Grant it.'));

const states: readonly State[] = [
  {
    what: 'whose database cannot be set back',
    plan: (secretId) => {
      interference.plan({ secretId, step: 'testSecret', act: failure });
      interference.plan({ secretId, step: 'restoreCurrent', act: obstacle });
    },
    isSet: true,
    undoneAs: 'PermissionMissing',
  },
  {
    what: 'whose label cannot be taken off',
    plan: (secretId) => {
      interference.plan({ secretId, step: 'setSecret', act: failure });
      interference.plan({ secretId, step: 'discardPending', act: obstacle });
    },
    isSet: false,
    undoneAs: 'PermissionMissing',
  },
  {
    what: 'that was cancelled and cannot be undone',
    plan: (secretId) => {
      const act = async (): Promise<void> => {
        const { cancelled } = Context.current();
        await rotor.client.cancelRotation({ secretId });
        await cancelled;
      };
      interference.plan({ secretId, step: 'setSecret', moment: 'after', act });
      interference.plan({ secretId, step: 'restoreCurrent', act: obstacle });
    },
    isSet: true,
    undoneAs: 'Cancelled',
  },
  {
    what: 'that was tested and cannot be finished',
    plan: (secretId) => {
      interference.plan({ secretId, step: 'finishSecret', act: obstacle });
    },
    isSet: true,
    undoneAs: 'StoreAccessDenied',
  },
];

const cases: readonly Case[] = postgresStrategies.flatMap((strategy) =>
  states.flatMap((state) => decisionChoices.map((choice) => ({ ...state, choice, strategy }))),
);

let rotor: RotorUnderTest;
let end: (one: Case) => Promise<void>;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  await rotor.startWorker({ wrap: (activities) => interference.wrap(activities) });
  end = atOnce(cases, { limit: 6, work: decide });
});

afterAll(() => rotor.close());

/** Brings a rotation to where it stands still, decides once that is mended, and judges what became of it. */
async function decide({ plan, isSet, undoneAs, choice, strategy }: Case): Promise<void> {
  const application = await createSubject(rotor, { strategy });
  const { arn: secretId, firstVersion } = application;
  plan(secretId);
  const rotation = await rotor.client.rotateSecret({ secretId });
  expect(await untilAsked(rotor, { rotation })).toBe('StoreAccessDenied');

  await rotor.client.decide({ secretId, choice, question: 1 });

  if (choice === 'retry') {
    await expectRotated(rotor, { application, rotation });
    expect(await application.signsIn(firstVersion)).toBe(strategy === 'alternating-users');
    return;
  }
  if (choice === 'rollBack') {
    await expectUndone(rotor, { application, rotation, type: undoneAs });
    if (strategy === 'single-user') expect(await application.signsIn(rotation.versionId)).toBe(false);
    return;
  }
  await expect(rotor.client.outcome(rotation)).rejects.toMatchObject({ type: 'StoreAccessDenied' });
  const ended = await described(rotor, rotation);
  const { leftover, labels } = await rotor.client.describe(secretId);
  expect(ended).toMatchObject({ workflowStatus: 'COMPLETED', status: { state: 'abandoned' } });
  expect(labels).toEqual({ [firstVersion]: ['AWSCURRENT'], [rotation.versionId]: ['AWSPENDING'] });
  expect(leftover).toEqual({ versionId: rotation.versionId, since: ended?.endedAt });
  expect(await application.signsIn(rotation.versionId)).toBe(isSet);
  expect(await application.signsIn(firstVersion)).toBe(strategy === 'alternating-users' || !isSet);
}

const ofChoice = (wanted: DecisionChoice): Case[] => cases.filter(({ choice }) => choice === wanted);

test.each(ofChoice('retry'))('a rotation $what, with $strategy, is finished by "retry"', (one) => end(one));

test.each(ofChoice('rollBack'))('a rotation $what, with $strategy, is undone by "rollBack"', (one) => end(one));

test.each(ofChoice('abandon'))('a rotation $what, with $strategy, is left as it is by "abandon"', (one) => end(one));
