import { type Client } from '@temporalio/client';
import { ConfigurationInvalidError } from '../rotation/errors';
import { rotationId } from '../rotation/rotation-id';
import { type RotationPlan } from '../rotation/rotation-request';
import { giveUpAt } from '../rotation/schedule/give-up-at';
import { type SecretStore } from '../rotation/secret-store';
import { readSchedule, type HeldSchedule } from './rotation-schedule';

/** What an owner knows when it begins. */
export interface OpenRotationInput {
  readonly secretId: string;
  /** The owner's workflow id. */
  readonly rotationId: string;
  readonly plan?: RotationPlan;
  /** Whether the owner goes by what it is told of a Schedule. One of an earlier build does not, and is told nothing. */
  readonly asksForSchedule?: true;
}

/** The secret under its one name, and how it is rotated. */
export interface OpenedRotation {
  /** The full ARN. */
  readonly secretId: string;
  /** Absent for a secret that nobody configured: then the secret itself says how it is rotated. */
  readonly plan?: RotationPlan;
  /** Whether it has a Schedule; absent where that was not asked for. */
  readonly scheduled?: boolean;
  /** When a rotation that has not come to its test undoes by itself, counted from now. ISO 8601; absent: it tries for ever. */
  readonly giveUpAt?: string;
  /** Whether the namespace has Rotor's search attributes. */
  readonly searchable: boolean;
  /** Who is told of the rotation's events beside the log. */
  readonly publishers: readonly string[];
}

/**
 * The owner's first act: finds the secret, makes sure that the owner's id is the lock of that very secret, and finds in
 * the secret's Schedule when the next rotation is due, and the plan where the start carried none.
 *
 * @throws SecretNotFoundError
 * @throws ConfigurationInvalidError for an owner that was started by hand under another id.
 */
export async function openRotation(
  {
    store,
    temporal,
    ...facts
  }: { store: SecretStore; temporal: Client } & Pick<OpenedRotation, 'searchable' | 'publishers'>,
  { secretId, rotationId: ownId, plan, asksForSchedule }: OpenRotationInput,
): Promise<OpenedRotation> {
  const { arn } = await store.describe(secretId);
  if (ownId !== rotationId(arn)) {
    throw new ConfigurationInvalidError(
      `The workflow id of a rotation is its lock and must be "${rotationId(arn)}", but this one is "${ownId}". ` +
        'Nothing was changed. Start it again under that id.',
      { secretId: arn },
    );
  }
  const schedule = await readSchedule(temporal, arn);
  const held = { ...schedule, ...(plan ? { plan } : {}) };
  const scheduled = asksForSchedule ? { scheduled: schedule.plan !== undefined } : {};
  return { secretId: arn, ...scheduled, ...facts, ...(held.plan ? { plan: held.plan } : {}), ...limit(arn, held) };
}

function limit(arn: string, { plan, dueAt }: HeldSchedule): Pick<OpenedRotation, 'giveUpAt'> {
  const { configuration, rotationRules: rules } = plan ?? {};
  const { giveUpAfterHours } = configuration ?? {};
  const instant = giveUpAt({ arn, startedAt: new Date(), giveUpAfterHours, rules, dueAt });
  return instant ? { giveUpAt: instant.toISOString() } : {};
}
