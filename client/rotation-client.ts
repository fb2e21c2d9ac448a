import { randomUUID } from 'node:crypto';
import { type Client } from '@temporalio/client';
import { type RotationConfiguration, type RotationPlan } from '../rotation/rotation-request';
import { defaultRotationRules, type RotationRules } from '../rotation/schedule/rotation-rules';
import { type SecretDescription, type SecretStore } from '../rotation/secret-store';
import { askTemporal, deadlines } from './ask-temporal';
import { describeRotation, describeRun, type RotationDescription } from './describe-rotation';
import { followRotation, type RotationProgress } from './follow-rotation';
import { readSchedule, storePlan } from './plan-schedule';
import { inProgress, refusal, requestRotation } from './request-rotation';
import { awaitOutcome, type RotationOutcome } from './rotation-outcome';

/** What the client works with. Whoever hands them in closes them. */
export interface RotationClientOptions {
  readonly temporal: Client;
  /** Only to find out which secret a name means, and where its labels are. */
  readonly store: Pick<SecretStore, 'describe'>;
  readonly taskQueue: string;
}

/** RotateSecret's request, as AWS has it. */
export interface RotateSecretRequest {
  /** Name, partial ARN or full ARN. */
  readonly secretId: string;
  /**
   * 32 to 64 characters. Asking again with the same token is the same rotation, also after it ended.
   * @defaultValue an id of its own for each call
   */
  readonly clientRequestToken?: string;
  /** Stored in the secret's Schedule, and used by this rotation. @defaultValue what is stored */
  readonly configuration?: RotationConfiguration;
  /** Stored in the secret's Schedule, which is then counted from now. @defaultValue what is stored */
  readonly rotationRules?: RotationRules;
}

/** A rotation that was accepted. */
export interface RotationHandle {
  readonly arn: string;
  readonly name: string;
  /** The id of the version that the rotation makes: its ClientRequestToken. */
  readonly versionId: string;
  /** The workflow run that carries it out. */
  readonly runId: string;
}

/** Everything that an operator or a program can ask of Rotor. */
export class RotationClient {
  readonly #options: RotationClientOptions;

  constructor(options: RotationClientOptions) {
    this.#options = options;
  }

  /**
   * Asks for a rotation and returns once it is accepted; the work goes on by itself.
   *
   * @throws RotationInProgressError when another rotation of the secret has not ended; nothing is changed or stored.
   * @throws WaitingForWorkerError when it is accepted, but no worker answers yet.
   * @throws SecretNotFoundError, TemporalUnavailableError
   */
  async rotateSecret(request: RotateSecretRequest): Promise<RotationHandle> {
    const secret = await this.#options.store.describe(request.secretId);
    const plan = await this.#newPlan(secret, request);
    if (plan) await this.#store(plan);
    return this.#start(secret, { ...request, ...plan });
  }

  /** Reports each step as it begins, is tried again and ends; ends with the rotation. */
  follow(rotation: RotationHandle): AsyncGenerator<RotationProgress, void> {
    return followRotation(this.#options.temporal, rotation);
  }

  /**
   * Waits for the end of a rotation, however long that takes.
   *
   * @throws RotationFailedError
   */
  outcome(rotation: RotationHandle): Promise<RotationOutcome> {
    return awaitOutcome(this.#options.temporal, rotation);
  }

  /** Where a secret's rotation stands: labels, the last or present rotation, the Schedule. */
  describe(secretId: string): Promise<RotationDescription> {
    return describeRotation(this.#options, secretId);
  }

  async #newPlan(secret: SecretDescription, request: RotateSecretRequest): Promise<RotationPlan | undefined> {
    if (!request.configuration && !request.rotationRules) return undefined;
    const { temporal } = this.#options;
    const stored = (await askTemporal(temporal, () => readSchedule(temporal, secret.arn), deadlines.schedule))?.plan;
    return {
      secretId: secret.arn,
      configuration: request.configuration ?? stored?.configuration ?? {},
      rotationRules: request.rotationRules ?? stored?.rotationRules ?? defaultRotationRules,
    };
  }

  async #store(plan: RotationPlan): Promise<void> {
    const { temporal, taskQueue } = this.#options;
    const run = await describeRun(temporal, { arn: plan.secretId });
    if (run?.open) throw inProgress(plan.secretId, run.status);
    await askTemporal(temporal, () => storePlan({ temporal, taskQueue, plan }), deadlines.schedule);
  }

  async #start(secret: SecretDescription, request: RotateSecretRequest): Promise<RotationHandle> {
    const { temporal, taskQueue } = this.#options;
    const { arn, name } = secret;
    const requestId = request.clientRequestToken ?? randomUUID();
    try {
      const owner = { ...request, arn, requestId };
      const accepted = await askTemporal(temporal, () => requestRotation({ temporal, taskQueue }, owner));
      return { arn, name, ...accepted };
    } catch (err) {
      throw await refusal(err, { temporal, taskQueue, secret, requestId });
    }
  }
}
