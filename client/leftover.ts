import { randomUUID } from 'node:crypto';
import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { StoreRequestRefusedError } from '../rotation/errors';
import { rotationId } from '../rotation/rotation-id';
import { type SecretDescription, type SecretStore } from '../rotation/secret-store';
import { foreignPending } from '../rotation/staging-labels';
import { workflowTypes } from '../workflows/names';
import type { OwnerInput } from '../workflows/owner';
import { askTemporal } from './ask-temporal';
import { describeRun } from './describe-rotation';
import { inProgress, requestRotation, refusal } from './request-rotation';
import { type RotationHandle } from './rotate-secret-request';

/** What a request about a secret's leftovers works with. */
export interface LeftoverDeps {
  readonly temporal: Client;
  readonly store: Pick<SecretStore, 'describe'>;
  readonly taskQueue: string;
}

/**
 * What can be done about a version that somebody else left under AWSPENDING, such as a rotation function of AWS's that
 * broke, or a workflow that was terminated. Nothing here guesses: each proves first which credential works.
 */
export class Leftover {
  readonly #deps: LeftoverDeps;

  constructor(deps: LeftoverDeps) {
    this.#deps = deps;
  }

  /**
   * Goes on with the rotation that made the version, under its own token, once its credential or the current one signs
   * in; else the rotation fails and changes nothing.
   *
   * @throws RotationInProgressError, StoreRequestRefusedError where nothing is left over, WaitingForWorkerError
   */
  async resume(secretId: string): Promise<RotationHandle> {
    const { secret, pending } = await this.#find(secretId);
    const { arn, name } = secret;
    const owner = { arn, name, requestId: randomUUID(), clientRequestToken: pending, takeOver: true };
    try {
      return { arn, name, ...(await requestRotation(this.#deps, owner)) };
    } catch (err) {
      throw refusal(err, arn);
    }
  }

  /**
   * Takes AWSPENDING off the version, once the current credential is proved to work.
   *
   * @throws RotationInProgressError, StoreRequestRefusedError where nothing is left over
   */
  async discard(secretId: string): Promise<RotationHandle> {
    const { secret, pending } = await this.#find(secretId);
    return startOwner(this.#deps, { type: workflowTypes.discard, secret, clientRequestToken: pending });
  }

  async #find(secretId: string): Promise<{ secret: SecretDescription; pending: string }> {
    const secret = await this.#deps.store.describe(secretId);
    const pending = foreignPending(secret.labels, '');
    if (pending !== undefined) return { secret, pending };
    throw new StoreRequestRefusedError('Nothing is left over: no version but AWSCURRENT holds AWSPENDING.', {
      secretId: secret.arn,
    });
  }
}

/** What to start under a secret's lock. */
export interface OwnerStart {
  readonly type: string;
  readonly secret: Pick<SecretDescription, 'arn' | 'name'>;
  /** @defaultValue the id of the run */
  readonly clientRequestToken?: string;
}

/**
 * Starts a workflow that holds a secret's lock.
 *
 * @throws RotationInProgressError when the lock is held.
 */
export async function startOwner(
  { temporal, taskQueue }: Pick<LeftoverDeps, 'temporal' | 'taskQueue'>,
  { type, secret: { arn, name }, clientRequestToken }: OwnerStart,
): Promise<RotationHandle> {
  const input: OwnerInput = {
    secretId: arn,
    trigger: 'request',
    ...(clientRequestToken === undefined ? {} : { clientRequestToken }),
  };
  const options = { workflowId: rotationId(arn), taskQueue, args: [input], staticSummary: `${type} of ${name}` };
  try {
    const { firstExecutionRunId: runId } = await askTemporal(temporal, () => temporal.workflow.start(type, options));
    return { arn, name, versionId: clientRequestToken ?? runId, runId };
  } catch (err) {
    if (!(err instanceof WorkflowExecutionAlreadyStartedError)) throw err;
    throw inProgress(arn, (await describeRun(temporal, { arn }))?.status);
  }
}
