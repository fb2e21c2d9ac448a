import { Context } from '@temporalio/activity';
import { type WorkflowHandle } from '@temporalio/client';
import { type Activities } from '../../activities';
import { type DecisionChoice } from '../../client';
import { waitUntil } from '../../local/supervisor';
import {
  AccountBlockedError,
  PasswordRejectedError,
  PermissionMissingError,
  type RotationError,
  SignInRefusedError,
  StoreAccessDeniedError,
} from '../../rotation/errors';
import { type RotationConfiguration } from '../../rotation/rotation-request';
import { deleteForGood } from './delete-for-good';
import { Interference } from './interference';
import { type RecordedPath } from './recorded-paths';
import { type RotatedApplication } from './rotated-application';
import { type RotorUnderTest } from './rotor-under-test';

/** What happens to the attempts of a step, in their order. */
type Trouble = Partial<Record<keyof Activities, readonly ((application: RotatedApplication) => Promise<unknown>)[]>>;

interface TroubledPath {
  readonly trouble: Trouble;
  readonly moment?: 'before' | 'after';
  /** What a person decides, each time that one is asked. */
  readonly choices?: readonly DecisionChoice[];
  readonly configuration?: RotationConfiguration;
  readonly begin?: (application: RotatedApplication) => Promise<WorkflowHandle>;
}

const failsBy = (failure: RotationError) => (): Promise<never> => Promise.reject(failure);
const refused = failsBy(new PermissionMissingError('GRANT it.'));
const blocked = failsBy(new AccountBlockedError('locked'));
const rejected = failsBy(new PasswordRejectedError('too short'));
const standsStill = (): Promise<never> => Context.current().cancelled;

/** The ways on which something goes wrong more than once, or in a place where it seldom does. */
export function troubledPaths(rotor: RotorUnderTest): Record<string, RecordedPath> {
  const cancelled = async ({ arn }: RotatedApplication): Promise<void> => {
    const { cancelled: noticed } = Context.current();
    await rotor.owner(arn).cancel();
    await noticed;
  };
  const deleted = (application: RotatedApplication): Promise<never> => deleteForGood(rotor, application).then(refused);
  const reconcile = async ({ name, arn }: RotatedApplication): Promise<WorkflowHandle> =>
    rotor.owner(arn, (await rotor.client.reconcile(name)).runId);
  const stuck = { testSecret: [refused], restoreCurrent: [blocked] };

  const paths: Record<string, TroubledPath> = {
    gaveUp: { trouble: { testSecret: [standsStill] }, configuration: { giveUpAfterHours: 5 / 3_600 } },
    retriedBeforeThePivot: { trouble: stuck, choices: ['retry'] },
    retriedAndCancelled: { trouble: { ...stuck, testSecret: [refused, cancelled] }, choices: ['retry'] },
    askedTwice: {
      trouble: { ...stuck, restoreCurrent: [blocked, blocked] },
      choices: ['rollBack', 'rollBack'],
    },
    restoredTwice: {
      trouble: { testSecret: [refused], discardPending: [failsBy(new SignInRefusedError('refused'))] },
    },
    neverAccepted: { trouble: { setSecret: [rejected, rejected, rejected, rejected] } },
    secretGone: { trouble: { testSecret: [deleted] } },
    unopened: { trouble: { openRotation: [failsBy(new StoreAccessDeniedError('Grant it.'))] } },
    unopenedAndCancelled: { trouble: { openRotation: [cancelled] } },
    reconcileCancelled: { trouble: { reconcile: [cancelled] }, moment: 'after', begin: reconcile },
  };
  return Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, recorded(rotor, path)]));
}

function recorded(
  rotor: RotorUnderTest,
  { trouble, moment = 'before', choices = [], configuration = {}, begin }: TroubledPath,
): RecordedPath {
  const interference = new Interference();
  const request = async ({ arn }: RotatedApplication): Promise<WorkflowHandle> =>
    rotor.owner(arn, (await rotor.client.rotateSecret({ secretId: arn, configuration })).runId);
  return {
    wrap: (activities) => interference.wrap(activities),
    begin: async (application) => {
      const { arn: secretId } = application;
      for (const [step, acts] of Object.entries(trouble)) {
        const plan = { secretId, step: step as keyof Activities, moment };
        for (const act of acts) interference.plan({ ...plan, act: () => act(application) });
      }
      return (begin ?? request)(application);
    },
    meet: async ({ arn }, hold) => {
      hold.release();
      for (const [before, choice] of choices.entries()) await answer(rotor, { arn, question: before + 1, choice });
    },
  };
}

/** Waits for a question, and decides. */
async function answer(
  rotor: RotorUnderTest,
  { arn: secretId, question, choice }: { arn: string; question: number; choice: DecisionChoice },
): Promise<void> {
  const isAsked = async (): Promise<boolean> =>
    (await rotor.client.describe(secretId)).rotation?.status?.question?.question === question;
  await waitUntil(isAsked, { limitMs: 30_000 });
  await rotor.client.decide({ secretId, choice });
}
