import { type RotationClient, RotationFailedError, type RotationHandle } from '../../../client';
import { waitUntil } from '../../../local/supervisor';
import { rotationId } from '../../../rotation/rotation-id';
import { waiting } from '../../../workflows/rotation-status';
import { disarm } from '../../support/armed-schedule';
import { type RotorUnderTest } from '../../support/rotor-under-test';
import { arrangeFor, type Course } from '../course';
import { type Arranged } from '../state-table/arrange';
import { type Stage } from './stage';

/** A rotation that can be begun, of a secret of its own. */
export interface Prepared {
  readonly course: Course;
  readonly arranged: Arranged;
  /** The id of its workflow. */
  readonly rotation: string;
}

/** A rotation that was asked for. */
export interface Begun extends Prepared {
  readonly handle: RotationHandle;
}

/** How a rotation came to its end; `waits` where it does not, as where it asks a person. */
export interface End {
  readonly kind: 'rotated' | 'failed' | 'waits';
  /** The type of what it was undone for. */
  readonly failure?: string;
  /** When the rotation says that the secret is rotated next, where it was rotated. ISO 8601. */
  readonly nextRotation?: string | undefined;
}

/** Each secret has a Schedule, which its rotation arms. */
export const rotationRules = { automaticallyAfterDays: 30 };

/** Long enough for a step to be tried again several times. */
const endLimitMs = 60_000;

/** No credential satisfies it, so that the test fails for good, whichever worker makes it. */
const unsatisfiable = { read: ['SELECT 1 FROM missing.missing'] };

/** Makes the secret of a rotation, its database user, and its Schedule, set to an instant of no meaning. */
export async function prepare<Each extends { readonly course: Course }>(
  { ground, rotor }: Stage,
  trial: Each,
): Promise<Each & Prepared> {
  const { course } = trial;
  const arranged = await arrangeFor(ground, course);
  const { secretId } = arranged.request;
  const configuration = {
    ...arranged.request.configuration,
    ...(course.direction === 'back' ? { probes: unsatisfiable } : {}),
  };
  await rotor.client.configure({ secretId, configuration, rotationRules });
  await disarm(rotor, secretId);
  return { ...trial, arranged, rotation: rotationId(secretId) };
}

/** Asks for a rotation, as it is configured. */
export async function begin<Each extends Prepared>({ rotor }: Stage, prepared: Each): Promise<Each & Begun> {
  const { secretId, clientRequestToken } = prepared.arranged.request;
  return { ...prepared, handle: await rotor.client.rotateSecret({ secretId, clientRequestToken }) };
}

/** Waits for the ends to which rotations come by themselves, for nobody decides anything; one that waits itself is terminated. */
export async function untilOver<Each extends Begun>(
  { rotor }: Stage,
  begun: readonly Each[],
): Promise<(Each & { readonly end: End })[]> {
  const ends = new Map<string, End>();
  const ended = begun.map(async ({ handle, rotation }) => {
    const end = await endOf(rotor.client, handle);
    if (!ends.has(rotation)) ends.set(rotation, end);
  });
  const areOver = async (): Promise<boolean> => {
    for await (const { arn } of rotor.client.list({ state: waiting })) ends.set(rotationId(arn), { kind: 'waits' });
    return begun.every(({ rotation }) => ends.has(rotation));
  };
  await waitUntil(areOver, { limitMs: endLimitMs, everyMs: 500 });
  const all = begun.map((each) => ({ ...each, end: ends.get(each.rotation) ?? ({ kind: 'waits' } as const) }));
  await Promise.all(all.filter(({ end }) => end.kind === 'waits').map(({ handle }) => terminate(rotor, handle)));
  await Promise.all(ended);
  return all;
}

async function terminate(rotor: RotorUnderTest, { arn, runId }: RotationHandle): Promise<void> {
  await rotor
    .owner(arn, runId)
    .terminate()
    .catch(() => undefined); // it has ended just now
}

async function endOf(client: RotationClient, handle: RotationHandle): Promise<End> {
  try {
    const { nextRotation } = await client.outcome(handle);
    return { kind: 'rotated', nextRotation };
  } catch (err) {
    return { kind: 'failed', failure: err instanceof RotationFailedError ? err.type : String(err) };
  }
}
