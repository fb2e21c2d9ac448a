import { type Client } from '@temporalio/client';
import { ConfigurationInvalidError } from '../rotation/errors';
import { rotationId } from '../rotation/rotation-id';
import { type RotationConfiguration } from '../rotation/rotation-request';
import { type SecretStore } from '../rotation/secret-store';
import { readPlan } from './rotation-schedule';

/** What an owner knows when it begins. */
export interface OpenRotationInput {
  readonly secretId: string;
  /** The owner's workflow id. */
  readonly rotationId: string;
  readonly configuration?: RotationConfiguration;
}

/** The secret under its one name, and how it is rotated. */
export interface OpenedRotation {
  /** The full ARN. */
  readonly secretId: string;
  readonly configuration: RotationConfiguration;
}

/**
 * The owner's first act: finds the secret, makes sure that the owner's id is the lock of that very secret, and finds the
 * configuration where the start carried none: in the secret's Schedule, else by what the secret itself says.
 *
 * @throws SecretNotFoundError
 * @throws ConfigurationInvalidError for an owner that was started by hand under another id.
 */
export async function openRotation(
  { store, temporal }: { store: SecretStore; temporal: Client },
  { secretId, rotationId: ownId, configuration }: OpenRotationInput,
): Promise<OpenedRotation> {
  const { arn } = await store.describe(secretId);
  if (ownId !== rotationId(arn)) {
    throw new ConfigurationInvalidError(
      `The workflow id of a rotation is its lock and must be "${rotationId(arn)}", but this one is "${ownId}". ` +
        'Nothing was changed. Start it again under that id.',
      { secretId: arn },
    );
  }
  const stored = configuration ?? (await readPlan(temporal, arn))?.configuration;
  return { secretId: arn, configuration: stored ?? {} };
}
