import { type Activities } from '../../activities';
import { type RotationHandle } from '../../client';
import { type RotationConfiguration } from '../../rotation/rotation-request';
import { type RotationOf } from './end-states';
import { type Interference } from './interference';
import { type RotatedApplication } from './rotated-application';
import { type RotorUnderTest } from './rotor-under-test';

/** A rotation that stands before a step. */
export interface StandingRotation extends RotationOf {
  readonly step: keyof Activities;
}

/** What to begin. */
export interface StandingOptions {
  readonly interference: Interference;
  /** One rotation stands before each. */
  readonly steps: readonly (keyof Activities)[];
  readonly create: () => Promise<RotatedApplication>;
  readonly configuration?: RotationConfiguration;
}

/** Begins a rotation for each step, and resolves when each stands before its own; `go` lets all go on. */
export async function standBefore(
  rotor: RotorUnderTest,
  { interference, steps, create, configuration }: StandingOptions,
): Promise<{ readonly rotations: readonly StandingRotation[]; readonly go: () => void }> {
  let go = (): void => undefined;
  const gone = new Promise<void>((resolve) => (go = resolve));
  const rotations = await Promise.all(
    steps.map(async (step) => {
      const application = await create();
      const { arn: secretId } = application;
      const arrived = new Promise<void>((arrive) => {
        const act = (): Promise<void> => {
          arrive();
          return gone;
        };
        interference.plan({ secretId, step, act });
      });
      const rotation: RotationHandle = await rotor.client.rotateSecret({
        secretId,
        ...(configuration ? { configuration } : {}),
      });
      await arrived;
      return { application, rotation, step };
    }),
  );
  return { rotations, go };
}
