import { type Activities } from '../../activities';
import * as errors from '../../rotation/errors';
import { atOnce } from '../support/at-once';
import { expectRotated } from '../support/end-states';
import { Interference } from '../support/interference';
import { RotorUnderTest } from '../support/rotor-under-test';
import { createSubject, postgresStrategies } from '../support/subject';

const steps = ['openRotation', 'createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
const moments = ['before', 'after'] as const;

const failures = {
  TargetUnavailable: new errors.TargetUnavailableError('away'),
  OutcomeUnknown: new errors.OutcomeUnknownError('away'),
  TargetReadOnly: new errors.TargetReadOnlyError('away'),
  TargetConflict: new errors.TargetConflictError('away'),
  StoreThrottled: new errors.StoreThrottledError('away'),
  StoreUnavailable: new errors.StoreUnavailableError('away'),
  ScheduleUnavailable: new errors.ScheduleUnavailableError('away'),
};

interface Case {
  readonly type: string;
  readonly failure: Error;
  readonly step: keyof Activities;
  readonly moment: (typeof moments)[number];
  readonly strategy: (typeof postgresStrategies)[number];
}

/** Only an outcome that is not known can come after the effect. */
const cases: Case[] = postgresStrategies.flatMap((strategy) =>
  steps.flatMap((step) =>
    Object.entries(failures).flatMap(([type, failure]) =>
      moments
        .filter((moment) => moment === 'before' || type === 'OutcomeUnknown' || type === 'StoreUnavailable')
        .map((moment) => ({ type, failure, step, moment, strategy })),
    ),
  ),
);

const interference = new Interference();
let rotor: RotorUnderTest;
let end: (one: Case) => Promise<void>;

beforeAll(async () => {
  rotor = await RotorUnderTest.start();
  await rotor.startWorker({ wrap: (activities) => interference.wrap(activities) });
  end = atOnce(cases, { work: failOnce, limit: 32 });
});

afterAll(() => rotor.close());

/** Fails one attempt of one step, and judges what became of the rotation. */
async function failOnce({ failure, step, moment, strategy }: Case): Promise<void> {
  const application = await createSubject(rotor, { strategy });
  const { arn: secretId } = application;
  interference.plan({ secretId, step, moment, act: () => Promise.reject(failure) });

  const rotation = await rotor.client.rotateSecret({ secretId });

  await expectRotated(rotor, { application, rotation });
  expect(interference.attempts(secretId, step)).toBe(2);
  expect(await application.versions()).toHaveLength(2);
  expect(await application.signsIn(application.firstVersion)).toBe(strategy === 'alternating-users');
}

test.each(cases)('$step fails by $type $moment its effect with $strategy: tried again, and rotated', (one) => end(one));
