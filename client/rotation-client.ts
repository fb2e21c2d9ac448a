import { type Client, type ScheduleHandle } from '@temporalio/client';
import { rotationId } from '../rotation/rotation-id';
import { type RotationPlan } from '../rotation/rotation-request';
import { parseRotationRules } from '../rotation/schedule/parse-rotation-rules';
import { defaultRotationRules } from '../rotation/schedule/rotation-rules';
import { type SecretDescription, type SecretStore } from '../rotation/secret-store';
import { foreignPending } from '../rotation/staging-labels';
import { type DecisionAccepted, type DecisionRequest, type OpenQuestion } from '../workflows/decision';
import { workflowTypes } from '../workflows/names';
import { answeredBefore } from './answered-before';
import { askAgain } from './ask-again';
import { askTemporal, deadlines } from './ask-temporal';
import { decideRotation } from './decide-rotation';
import { describeRotation, describeRun, type RotationDescription } from './describe-rotation';
import { type FoundSecret, findSecret } from './find-secret';
import { followRotation, type RotationProgress } from './follow-rotation';
import { Leftover, startOwner } from './leftover';
import { listRotations, type ListedRotation, type ListedState } from './list-rotations';
import { parseConfiguration } from './parse-configuration';
import { inProgress, leftOver } from './request-rotation';
import { type RotateSecretRequest, type RotationHandle } from './rotate-secret-request';
import { awaitOutcome, type RotationOutcome } from './rotation-outcome';
import { readSchedule, withSchedule } from './rotation-schedules';
import { startRotation } from './start-rotation';
import { storePlan } from './store-plan';

/** What the client works with. Whoever hands them in closes them. */
export interface RotationClientOptions {
  readonly temporal: Client;
  /** Only to find out which secret a name means, and where its labels are. */
  readonly store: Pick<SecretStore, 'describe'>;
  readonly taskQueue: string;
}

/** A secret, and what to say about what is done to it. */
export interface NotedRequest {
  /** Name, partial ARN or full ARN. */
  readonly secretId: string;
  /** Kept with the Schedule, for whoever wonders. */
  readonly note?: string;
}

/** Everything that an operator or a program can ask of Rotor. */
export class RotationClient {
  /** What can be done about a rotation that somebody else left unfinished. */
  readonly leftover: Leftover;
  readonly #options: RotationClientOptions;

  constructor(options: RotationClientOptions) {
    this.#options = options;
    this.leftover = new Leftover(options);
  }

  /**
   * Asks for a rotation, or with `rotateImmediately: false` for a test of the current credential, and returns once that
   * is accepted; the work goes on by itself. Configuration and rules that are given are stored once it is accepted.
   *
   * The same token again is the same rotation: same answer, no second one.
   *
   * @throws ConfigurationInvalidError for rules that AWS would refuse and a configuration that cannot be; nothing is stored.
   * @throws RotationInProgressError when another rotation of the secret has not ended; nothing is changed or stored.
   * @throws WaitingForWorkerError when it is accepted, but no worker answers yet.
   * @throws SecretNotFoundError, TemporalUnavailableError
   */
  async rotateSecret(request: RotateSecretRequest): Promise<RotationHandle> {
    assertSettings(request);
    const secret = await this.#options.store.describe(request.secretId);
    const answered = await answeredBefore(this.#options.temporal, { secret, token: request.clientRequestToken });
    if (answered) return answered;

    await this.#assertIdle(secret, request);
    const plan = await this.#newPlan(secret, request);
    return startRotation(this.#options, { secret, request, plan });
  }

  /**
   * Stores configuration and rules, also while a rotation is under way, which keeps those that it began with. The
   * Schedule is counted from now, and from the rotation that is under way when that ends.
   *
   * @throws ConfigurationInvalidError for rules that AWS would refuse and a configuration that cannot be; nothing is stored.
   */
  async configure(request: Omit<RotateSecretRequest, 'clientRequestToken' | 'rotateImmediately'>): Promise<void> {
    assertSettings(request);
    const secret = await this.#options.store.describe(request.secretId);
    const plan = await this.#mergedPlan(secret, request);
    const { temporal, taskQueue } = this.#options;
    await askTemporal(temporal, () => storePlan({ temporal, taskQueue, plan }), deadlines.schedule);
  }

  /** Reports each step as it begins, is tried again and ends; ends with the rotation. */
  async *follow({ arn, runId }: RotationHandle): AsyncGenerator<RotationProgress, void> {
    if (runId !== undefined) yield* followRotation(this.#options.temporal, { arn, runId });
  }

  /**
   * Waits for the end of a rotation, however long that takes.
   *
   * @throws RotationFailedError
   */
  async outcome({ arn, name, versionId, runId }: RotationHandle): Promise<RotationOutcome> {
    if (runId !== undefined) return awaitOutcome(this.#options.temporal, { arn, name, runId });
    return { outcome: 'rotated', secretId: arn, clientRequestToken: versionId, steps: [] };
  }

  /**
   * Where a secret's rotation stands: labels, the last or present rotation, the Schedule. Of a secret that is deleted by its
   * full ARN, as with everything that is asked of its rotation or Schedule.
   */
  describe(secretId: string): Promise<RotationDescription> {
    return describeRotation(this.#options, secretId);
  }

  /** Every secret that Rotor rotates, one after another, however many. */
  list(filter: { readonly state?: ListedState } = {}): AsyncGenerator<ListedRotation, void> {
    return listRotations(this.#options.temporal, filter);
  }

  /**
   * Stops the rotation under way, if one is, and pauses the Schedule, if there is one. The rotation ends by itself,
   * undone before its pivot and finished after it, never half: follow it to know.
   */
  async cancelRotation({
    secretId,
    note = 'cancelled',
  }: NotedRequest): Promise<{ readonly arn: string; readonly runId?: string }> {
    const { temporal } = this.#options;
    const secret = await findSecret(this.#options, secretId);
    const { arn } = secret;
    const run = await describeRun(temporal, { arn });
    if (await askTemporal(temporal, () => readSchedule(temporal, arn), deadlines.schedule))
      await this.#onSchedule(secret, (schedule) => schedule.pause(note));
    if (!run?.open) return { arn };
    await askTemporal(temporal, () => temporal.workflow.getHandle(rotationId(arn), run.runId).cancel());
    return { arn, runId: run.runId };
  }

  /**
   * Answers a rotation that waits for a decision. The same decision about the same question again is one decision.
   *
   * @throws DecisionRefusedError when no rotation waits for one, or another one was made.
   * @throws WaitingForWorkerError, TemporalUnavailableError when it is not known whether it was taken.
   */
  async decide({ secretId, ...decision }: DecisionRequest & { readonly secretId: string }): Promise<DecisionAccepted> {
    const { arn, name } = await findSecret(this.#options, secretId);
    return decideRotation(this.#options.temporal, { arn, name, ...decision });
  }

  /**
   * Has a rotation that waits for a decision find out again what is true, and tells its question as it is then. It goes on
   * waiting. Safe to repeat.
   *
   * @throws DecisionRefusedError when no rotation waits for a decision; WaitingForWorkerError
   */
  async askAgain(secretId: string): Promise<OpenQuestion> {
    return askAgain(this.#options.temporal, await findSecret(this.#options, secretId));
  }

  /**
   * Has the superuser make the database accept what AWSCURRENT says, where nothing signs in any more. Moves no label.
   *
   * @throws RotationInProgressError while a rotation is under way.
   */
  async reconcile(secretId: string): Promise<RotationHandle> {
    const secret = await this.#options.store.describe(secretId);
    return startOwner(this.#options, { type: workflowTypes.reconcile, secret });
  }

  /** Stops scheduled rotations until {@link resume}; rotations by hand go on. Safe to repeat. */
  async pause({ secretId, note = 'paused' }: NotedRequest): Promise<void> {
    await this.#onSchedule(await findSecret(this.#options, secretId), (schedule) => schedule.pause(note));
  }

  /** Lets scheduled rotations go on. Safe to repeat. */
  async resume({ secretId, note = 'resumed' }: NotedRequest): Promise<void> {
    await this.#onSchedule(await findSecret(this.#options, secretId), (schedule) => schedule.unpause(note));
  }

  /**
   * Forgets a secret's Schedule and with it its configuration. The secret and the database user stay.
   *
   * @throws RotationInProgressError while a rotation is under way, which would put the Schedule back.
   */
  async remove(secretId: string): Promise<void> {
    const secret = await findSecret(this.#options, secretId);
    const run = await describeRun(this.#options.temporal, secret);
    if (run?.open) throw inProgress(secret.arn, run.status);
    await this.#onSchedule(secret, (schedule) => schedule.delete());
  }

  async #onSchedule(secret: FoundSecret, act: (schedule: ScheduleHandle) => Promise<unknown>): Promise<void> {
    const { temporal } = this.#options;
    await askTemporal(temporal, () => withSchedule(temporal, secret, act), deadlines.schedule);
  }

  /** A rotation that may be the one of this very token is left to the owner, which knows. */
  async #assertIdle({ arn, labels }: SecretDescription, request: RotateSecretRequest): Promise<void> {
    const { clientRequestToken: token } = request;
    const pending = foreignPending(labels, token ?? '');
    if (pending === undefined && !request.configuration && !request.rotationRules) return;
    const run = await describeRun(this.#options.temporal, { arn });
    const isOther = token === undefined || token !== (run?.status?.clientRequestToken ?? token);
    if (run?.open && isOther) throw inProgress(arn, run.status);
    if (pending !== undefined && !run?.open) throw leftOver(arn, pending);
  }

  async #newPlan(secret: SecretDescription, request: RotateSecretRequest): Promise<RotationPlan | undefined> {
    return request.configuration || request.rotationRules ? this.#mergedPlan(secret, request) : undefined;
  }

  async #mergedPlan({ arn }: SecretDescription, request: RotateSecretRequest): Promise<RotationPlan> {
    const { temporal } = this.#options;
    const stored = (await askTemporal(temporal, () => readSchedule(temporal, arn), deadlines.schedule))?.plan;
    return {
      secretId: arn,
      configuration: request.configuration ?? stored?.configuration ?? {},
      rotationRules: request.rotationRules ?? stored?.rotationRules ?? defaultRotationRules,
    };
  }
}

function assertSettings({
  configuration,
  rotationRules,
}: Pick<RotateSecretRequest, 'configuration' | 'rotationRules'>): void {
  if (rotationRules !== undefined) parseRotationRules(rotationRules);
  if (configuration !== undefined) parseConfiguration(configuration);
}
