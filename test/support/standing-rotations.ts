import { type Activities } from '../../activities';
import { type RotationHandle } from '../../client';
import { PermissionMissingError, type RotationError, TargetUnavailableError } from '../../rotation/errors';
import { type RotationConfiguration } from '../../rotation/rotation-request';
import { type RotationOf } from './end-states';
import { type Interference } from './interference';
import { type RotatedApplication } from './rotated-application';
import { type RotorUnderTest } from './rotor-under-test';

/** Where a rotation is to stand: before a step. */
export interface StandingPlace {
  readonly step: keyof Activities;
  /** What its way there is, by another step whose attempts fail in turn. @defaultValue all has gone well */
  readonly failed?: { readonly step: keyof Activities; readonly failures: readonly RotationError[] };
}

/** A rotation that stands before a step. */
export interface StandingRotation extends RotationOf, StandingPlace {
  readonly application: RotatedApplication;
}

/** What to begin. */
export interface StandingOptions {
  readonly interference: Interference;
  /** One rotation stands at each. */
  readonly places: readonly StandingPlace[];
  readonly create: () => Promise<RotatedApplication>;
  readonly configuration?: RotationConfiguration;
}

/** What a rotation that stands in its undo fails with in the end. */
export const undoneBy = 'PermissionMissing';

const refused = new PermissionMissingError('GRANT it.');
const testRefused = { step: 'testSecret', failures: [refused] } as const;
/** After a first attempt that may still have stored a version. */
const createRefused = { step: 'createSecret', failures: [new TargetUnavailableError('lost'), refused] } as const;

/** The steps of an undo. Where createSecret failed, discardPending closes the token, and asks no database. */
export const undoPlaces = {
  restoreCurrent: { step: 'restoreCurrent', failed: testRefused },
  discardPending: { step: 'discardPending', failed: testRefused },
  closeToken: { step: 'discardPending', failed: createRefused },
} as const satisfies Readonly<Record<string, StandingPlace>>;

/** A place before each of these steps, where nothing has failed. */
export function before(steps: readonly (keyof Activities)[]): StandingPlace[] {
  return steps.map((step) => ({ step }));
}

/** Begins a rotation for each place, and resolves when each stands at its own; `go` lets all go on. */
export async function standBefore(
  rotor: Pick<RotorUnderTest, 'client'>,
  { interference, places, create, configuration }: StandingOptions,
): Promise<{ readonly rotations: readonly StandingRotation[]; readonly go: () => void }> {
  let go = (): void => undefined;
  const gone = new Promise<void>((resolve) => (go = resolve));
  const rotations = await Promise.all(
    places.map(async (place) => {
      const application = await create();
      if (place.step === 'armNextRotation') await schedule(rotor, { secretId: application.arn, configuration });
      const arrived = arrival({ interference, place, secretId: application.arn, gone });
      const rotation: RotationHandle = await rotor.client.rotateSecret({
        secretId: application.arn,
        ...(configuration ? { configuration } : {}),
      });
      await arrived;
      return { ...place, application, rotation };
    }),
  );
  return { rotations, go };
}

/** Where there is a Schedule, arming is a step of its own. */
async function schedule(
  { client }: Pick<RotorUnderTest, 'client'>,
  { secretId, configuration = {} }: { secretId: string; configuration?: RotationConfiguration | undefined },
): Promise<void> {
  await client.configure({ secretId, configuration, rotationRules: { automaticallyAfterDays: 30 } });
}

interface Arrival extends Pick<StandingOptions, 'interference'> {
  readonly place: StandingPlace;
  readonly secretId: string;
  readonly gone: Promise<void>;
}

/** Plans what brings a secret's rotation to a place; resolves when it stands there. */
function arrival({ interference, place: { step, failed }, secretId, gone }: Arrival): Promise<void> {
  for (const failure of failed?.failures ?? []) {
    interference.plan({ secretId, step: failed?.step ?? step, act: () => Promise.reject(failure) });
  }
  return new Promise((arrive) => {
    const act = (): Promise<void> => {
      arrive();
      return gone;
    };
    interference.plan({ secretId, step, act });
  });
}
