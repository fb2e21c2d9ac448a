import { type RotationDescription, type RotationHandle, TemporalUnavailableError } from '../../client';
import { waitUntil } from '../../local/supervisor';
import { waiting } from '../../workflows/rotation-status';
import { type RotatedApplication } from './rotated-application';
import { type RotorUnderTest } from './rotor-under-test';

/** A rotation, and the application whose secret it rotates. */
export interface RotationOf {
  readonly application: Pick<RotatedApplication, 'arn' | 'firstVersion' | 'labels' | 'signsIn' | 'versions'>;
  readonly rotation: RotationHandle;
}

/** Where a test asks about rotations. */
type Asked = Pick<RotorUnderTest, 'client'>;

type DescribedRotation = NonNullable<RotationDescription['rotation']>;

/** How a rotation is expected to have been undone. */
interface UndoneOptions {
  readonly type: string;
  /** @defaultValue `done` */
  readonly arming?: 'done' | 'failed';
}

const limitMs = 90_000;

/**
 * Expects that a rotation ended with nothing changed: the labels are as before, the first credential signs in, and the
 * workflow failed with this type. It has armed the Schedule, where there is one.
 */
export async function expectUndone(
  rotor: Asked,
  { application, rotation, type, arming = 'done' }: RotationOf & UndoneOptions,
): Promise<void> {
  await untilStill(rotor, { rotation });
  await expect(rotor.client.outcome(rotation)).rejects.toMatchObject({ type });
  const workflowStatus = type === 'Cancelled' ? 'CANCELLED' : 'FAILED';
  const ended = await described(rotor, rotation);
  expect(ended).toMatchObject({ runId: rotation.runId, workflowStatus, status: { state: 'undone' } });
  expect(await application.labels()).toEqual({ [application.firstVersion]: ['AWSCURRENT'] });
  expect(await application.signsIn(application.firstVersion)).toBe(true);
  const { steps = [] } = ended?.status ?? {};
  expect(steps.at(-1)).toMatchObject({ step: 'armNextRotation', outcome: arming });
}

/** Expects that a rotation ended with its version as AWSCURRENT, and AWSPENDING on no other. */
export async function expectRotated(rotor: Asked, { application, rotation }: RotationOf): Promise<void> {
  await untilStill(rotor, { rotation });
  const { outcome, clientRequestToken, previousVersionId = '' } = await rotor.client.outcome(rotation);
  expect(outcome).toBe('rotated');
  expect(await application.labels()).toEqual({
    [clientRequestToken]: ['AWSCURRENT'],
    [previousVersionId]: ['AWSPREVIOUS'],
  });
  expect(await application.signsIn(clientRequestToken)).toBe(true);
}

/** Expects that a rotation gave way to what somebody else stored: no label is on its version. */
export async function expectGivenWay(
  rotor: Asked,
  { application, rotation, labels }: RotationOf & { readonly labels: Readonly<Record<string, readonly string[]>> },
): Promise<void> {
  await untilStill(rotor, { rotation });
  await expect(rotor.client.outcome(rotation)).rejects.toMatchObject({ type: 'RotationSuperseded' });
  expect(await described(rotor, rotation)).toMatchObject({
    workflowStatus: 'COMPLETED',
    status: { state: 'abandoned' },
  });
  expect(await application.labels()).toEqual(labels);
}

/** Waits until a rotation has ended. Throws at once where it asks a person, who will not come. */
export async function untilStill(rotor: Asked, { rotation }: Pick<RotationOf, 'rotation'>): Promise<void> {
  const ended = async (): Promise<boolean> => {
    const seen = await described(rotor, rotation);
    const { question } = seen?.status ?? {};
    if (question) throw new Error(`The rotation asks a person: ${question.reason.type}: ${question.reason.message}`);
    return seen?.open === false;
  };
  expect(await waitUntil(ended, { limitMs, everyMs: 100 })).toBe(true);
}

/** Waits until a rotation asks a person; tells why it does. */
export async function untilAsked(
  rotor: Asked,
  { rotation, question = 1 }: Pick<RotationOf, 'rotation'> & { readonly question?: number },
): Promise<string> {
  const asked = async (): Promise<boolean> =>
    (await described(rotor, rotation))?.status?.question?.question === question;
  expect(await waitUntil(asked, { limitMs, everyMs: 100 })).toBe(true);
  const { status } = (await described(rotor, rotation)) ?? {};
  expect(status?.state).toBe(waiting);
  return status?.question?.reason.type ?? '';
}

/** Waits until a step of the rotation failed and is tried again; tells what it failed with. */
export async function untilRetried(rotor: Asked, { rotation }: Pick<RotationOf, 'rotation'>): Promise<string> {
  let type: string | undefined;
  const retried = async (): Promise<boolean> => {
    type = (await newest(rotor, rotation.arn))?.retrying?.type;
    return type !== undefined;
  };
  expect(await waitUntil(retried, { limitMs, everyMs: 100 })).toBe(true);
  return type ?? '';
}

/** The newest rotation; undefined also where a busy Temporal does not answer in time, who is asked again. */
async function newest(rotor: Asked, arn: string): Promise<DescribedRotation | undefined> {
  try {
    return (await rotor.client.describe(arn)).rotation;
  } catch (err) {
    if (err instanceof TemporalUnavailableError) return undefined;
    throw err;
  }
}

/** The newest rotation with its steps, which a busy worker may not tell at once. */
export async function described(
  rotor: Asked,
  { arn }: Pick<RotationHandle, 'arn'>,
): Promise<DescribedRotation | undefined> {
  let seen: DescribedRotation | undefined;
  const told = async (): Promise<boolean> => {
    seen = await newest(rotor, arn);
    return seen?.status !== undefined;
  };
  await waitUntil(told, { limitMs, everyMs: 100 });
  return seen;
}
