import { type RotationHandle } from '../../client';
import { expectRotated, expectUndone, untilAsked, untilRetried, untilStill } from '../support/end-states';
import { type RotorUnderTest } from '../support/rotor-under-test';
import { type SqlEnd, type SqlScene } from './sql-scene';

/** A rotation in which something went wrong, and where that leads. */
export interface WrongRotation extends SqlEnd {
  readonly rotation: RotationHandle;
  readonly scene: SqlScene;
}

/** Waits until the rotation can go no further, or is over. */
export async function untilStopped(rotor: RotorUnderTest, { rotation, type, end }: WrongRotation): Promise<void> {
  if (end === 'decision') expect(await untilAsked(rotor, { rotation })).toBe(type);
  else if (end === 'undone' || type === 'no failure') await untilStill(rotor, { rotation });
  else expect(await untilRetried(rotor, { rotation })).toBe(type);
}

/** Expects, once it is mended, that the labels say what the database accepts, and it accepts what they say. */
export async function expectEnd(
  rotor: RotorUnderTest,
  { rotation, type, end, scene: { application, configuration } }: WrongRotation,
): Promise<void> {
  const { arn: secretId, firstVersion } = application;
  const { strategy } = configuration;
  if (end === 'rotated') {
    await expectRotated(rotor, { application, rotation });
    expect(await application.signsIn(firstVersion)).toBe(strategy !== 'single-user');
    return;
  }
  if (end === 'decision') await rotor.client.decide({ secretId, choice: 'rollBack' });
  await expectUndone(rotor, { application, rotation, type });
  if (strategy === 'alternating-users') return; // what the alternate was given nobody uses
  for (const version of await application.versions()) {
    expect(await application.signsIn(version)).toBe(version === firstVersion);
  }
}
