import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { RotationError, SecretNotFoundError } from '../rotation/errors';
import { rotationId } from '../rotation/rotation-id';
import { type SecretDescription, type SecretStore } from '../rotation/secret-store';
import { askTemporal, deadlines } from './ask-temporal';
import { readSchedule } from './rotation-schedules';

/** Where a secret is looked for. */
export interface SecretPlaces {
  readonly temporal: Client;
  readonly store: Pick<SecretStore, 'describe'>;
}

/** A secret, and what to call it so that a command finds it again. */
export type FoundSecret = Pick<SecretDescription, 'arn' | 'name'>;

/** Why Secrets Manager does not tell a secret's labels: the name of the domain error, `SecretNotFound` for a deleted one. */
export interface UnreadLabels {
  readonly type: string;
  readonly message: string;
}

/** A secret as it can be described. */
export type DescribedSecret = Pick<SecretDescription, 'arn' | 'name' | 'labels'> & {
  /** Present where there are no labels to tell. */
  readonly unread?: UnreadLabels;
};

/** Six characters of Secrets Manager's own end it. What ends so is taken for a full ARN by Secrets Manager too. */
const fullArn = /^arn:[\w-]+:secretsmanager:[\w-]+:\d+:secret:(.+)-[A-Za-z0-9]{6}$/;

/**
 * Which secret's rotation or Schedule is meant. One that Temporal knows by its full ARN is not looked for in Secrets Manager,
 * which may not have it any more, or not answer.
 *
 * @throws SecretNotFoundError
 */
export async function findSecret(places: SecretPlaces, secretId: string): Promise<FoundSecret> {
  if (fullArn.test(secretId) && (await isKnown(places.temporal, secretId))) return { arn: secretId, name: secretId };
  return describeByStore(places, secretId);
}

/**
 * A secret with its labels; without them where Secrets Manager does not tell them, because the secret is deleted or because it
 * does not answer, and Temporal knows the secret by its full ARN.
 *
 * @throws SecretNotFoundError, StoreUnavailableError and the like
 */
export async function describeSecret(places: SecretPlaces, secretId: string): Promise<DescribedSecret> {
  try {
    return await describeByStore(places, secretId);
  } catch (err) {
    const [, name] = fullArn.exec(secretId) ?? [];
    if (!(err instanceof RotationError) || name === undefined) throw err;
    if (!(await isKnown(places.temporal, secretId))) throw err;
    return { arn: secretId, name, labels: {}, unread: { type: err.name, message: err.message } };
  }
}

async function describeByStore({ store }: Pick<SecretPlaces, 'store'>, secretId: string): Promise<SecretDescription> {
  try {
    return await store.describe(secretId);
  } catch (err) {
    if (!(err instanceof SecretNotFoundError) || fullArn.test(secretId)) throw err;
    throw new SecretNotFoundError(
      `${err.message} Where it was deleted, name it by its full ARN: \`rotor list\` shows those with a rotation under way or ` +
        'a Schedule.',
      err.ids,
    );
  }
}

/** Whether there is, or was of late, a rotation of a secret, or else a Schedule. */
async function isKnown(temporal: Client, arn: string): Promise<boolean> {
  try {
    await askTemporal(temporal, () => temporal.workflow.getHandle(rotationId(arn)).describe());
    return true;
  } catch (err) {
    if (!(err instanceof WorkflowNotFoundError)) throw err;
    return (await askTemporal(temporal, () => readSchedule(temporal, arn), deadlines.schedule)) !== undefined;
  }
}
