import { type Activities } from '../../activities';
import * as errors from '../../rotation/errors';
import { armedFor, disarm, dueAfterCurrent } from '../support/armed-schedule';
import { atOnce } from '../support/at-once';
import { expectRotated, expectUndone, untilAsked } from '../support/end-states';
import { Interference } from '../support/interference';
import { RotorUnderTest } from '../support/rotor-under-test';
import { createSubject, postgresStrategies } from '../support/subject';

const steps = ['openRotation', 'createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;

const failures = {
  SignInRefused: new errors.SignInRefusedError('refused'),
  AccountBlocked: new errors.AccountBlockedError('refused'),
  PermissionMissing: new errors.PermissionMissingError('refused'),
  WrongTarget: new errors.WrongTargetError('refused'),
  CannotVerify: new errors.CannotVerifyError('refused'),
  TlsFailed: new errors.TlsFailedError('refused'),
  TargetMisconfigured: new errors.TargetMisconfiguredError('refused'),
  MalformedSecret: new errors.MalformedSecretError('refused'),
  ConfigurationInvalid: new errors.ConfigurationInvalidError('refused'),
  SecretNotFound: new errors.SecretNotFoundError('refused'),
  SecretNotRotatable: new errors.SecretNotRotatableError('refused'),
  StoreAccessDenied: new errors.StoreAccessDeniedError('refused'),
  StoreRequestRefused: new errors.StoreRequestRefusedError('refused'),
  UnexpectedError: new RangeError('nobody knows this one'),
};

interface Case {
  readonly type: string;
  readonly failure: Error;
  readonly step: keyof Activities;
  readonly strategy: (typeof postgresStrategies)[number];
}

const cases: Case[] = postgresStrategies.flatMap((strategy) =>
  steps.flatMap((step) => Object.entries(failures).map(([type, failure]) => ({ type, failure, step, strategy }))),
);

const interference = new Interference();
const rotationRules = { automaticallyAfterDays: 30 };
let rotor: RotorUnderTest;
let end: (one: Case) => Promise<void>;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  await rotor.startWorker({ wrap: (activities) => interference.wrap(activities) });
  end = atOnce(cases, { work: failOnce });
});

afterAll(() => rotor.close());

/** Fails one attempt of one step, and judges what became of the rotation. */
async function failOnce({ type, failure, step, strategy }: Case): Promise<void> {
  const application = await createSubject(rotor, { strategy });
  const { arn: secretId } = application;
  interference.plan({ secretId, step, act: () => Promise.reject(failure) });

  await rotor.client.configure({ secretId, rotationRules });
  await disarm(rotor, secretId);

  const rotation = await rotor.client.rotateSecret({ secretId });

  if (isAsked({ type, failure, step, strategy })) {
    expect(await untilAsked(rotor, { rotation })).toBe(type);
    expect(interference.attempts(secretId, step)).toBe(1);
    await rotor.client.decide({ secretId, choice: 'retry' });
    await expectRotated(rotor, { application, rotation });
    return;
  }
  await expectUndone(rotor, { application, rotation, type });
  expect(interference.attempts(secretId, step)).toBe(1);
  expect(await armedFor(rotor, secretId)).toBe(await dueAfterCurrent(rotor, { arn: secretId, rules: rotationRules }));
}

/** Many begin at once. */
const limitMs = 180_000;
const ofStep = (wanted: string): Case[] => cases.filter(({ step }) => step === wanted);
/** A secret that is gone when its rotation is to be finished has no label that could be moved: there is nothing to decide. */
const isAsked = ({ type, step }: Case): boolean => step === 'finishSecret' && type !== 'SecretNotFound';

describe.each(steps.slice(0, -1))('%s, before the pivot,', (step) => {
  test.each(ofStep(step))(
    'fails by $type with $strategy: not tried again, undone, and the Schedule armed',
    (one) => end(one),
    limitMs,
  );
});

describe('finishSecret, after the pivot,', () => {
  test.each(cases.filter(isAsked))(
    'fails by $type with $strategy: a person decides, and "retry" finishes it',
    (one) => end(one),
    limitMs,
  );

  test.each(ofStep('finishSecret').filter((one) => !isAsked(one)))(
    'fails by $type with $strategy: undone, because there is nothing to finish',
    (one) => end(one),
    limitMs,
  );
});
