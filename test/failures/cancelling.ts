import { Context } from '@temporalio/activity';
import { expectRotated, expectUndone } from '../support/end-states';
import { type HoldPoint } from '../support/hold';
import { type Interference } from '../support/interference';
import { type RotorUnderTest } from '../support/rotor-under-test';
import { createSubject, type postgresStrategies } from '../support/subject';

/** Where a rotation that is cancelled is undone. */
export const beforeThePivot: readonly HoldPoint[] = [
  { step: 'openRotation', moment: 'before' },
  { step: 'openRotation', moment: 'after' },
  { step: 'createSecret', moment: 'before' },
  { step: 'createSecret', moment: 'after' },
  { step: 'setSecret', moment: 'before' },
  { step: 'setSecret', moment: 'after' },
  { step: 'testSecret', moment: 'before' },
  { step: 'testSecret', moment: 'after' },
];

/** Where it is finished. */
export const afterThePivot: readonly HoldPoint[] = [
  { step: 'finishSecret', moment: 'before' },
  { step: 'finishSecret', moment: 'after' },
  { step: 'armNextRotation', moment: 'before' },
];

/** A rotation to cancel, and where. */
export interface Cancelling extends HoldPoint {
  readonly strategy: (typeof postgresStrategies)[number];
  /** Cancels the rotation of the secret with this ARN. */
  readonly cancel: (arn: string) => Promise<unknown>;
}

/** Cancels a rotation at a place, and judges its end. A step before the pivot stands there until it notices. */
export async function cancelAndJudge(
  { rotor, interference }: { readonly rotor: RotorUnderTest; readonly interference: Interference },
  { strategy, step, moment, cancel }: Cancelling,
): Promise<void> {
  const application = await createSubject(rotor, { strategy });
  const { arn: secretId } = application;
  const isEarly = beforeThePivot.some((point) => point.step === step && point.moment === moment);
  const act = async (): Promise<void> => {
    const { cancelled } = Context.current();
    await cancel(secretId);
    if (isEarly) await cancelled;
  };
  interference.plan({ secretId, step, moment, act });

  const rotation = await rotor.client.rotateSecret({ secretId });

  if (isEarly) await expectUndone(rotor, { application, rotation, type: 'Cancelled' });
  else await expectRotated(rotor, { application, rotation });
  if (!isEarly || strategy !== 'single-user') return;
  for (const version of await application.versions()) {
    expect(await application.signsIn(version)).toBe(version === application.firstVersion);
  }
}
