import {
  ApplicationFailure,
  CancellationScope,
  isCancellation,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities';
import { type RotationConfiguration, type RotationRequest } from '../rotation/rotation-request';
import { armingOptions, stepOptions } from './activity-options';
import { domainFailure } from './domain-failure';
import { requestRotationUpdate, rotateNowSignal, rotationStatusQuery, type RotationRequested } from './messages';
import { type RotationTrigger, type StepRecord } from './rotation-status';
import { Timeline } from './timeline';

const { openRotation, createSecret, setSecret, testSecret, finishSecret, restoreCurrent, discardPending } =
  proxyActivities<Activities>(stepOptions);
const { armNextRotation } = proxyActivities<Activities>(armingOptions);

/** What starts an owner. A start by hand needs the secret only. */
export interface RotateSecretInput {
  /** The name or ARN of the secret. */
  readonly secretId: string;
  /** The request that this start carries; an update with another one meets a rotation in progress. */
  readonly requestId?: string;
  /** @defaultValue the id of this run, which a reset keeps */
  readonly clientRequestToken?: string;
  /** @defaultValue `signal` */
  readonly trigger?: RotationTrigger;
  /** @defaultValue what the secret's Schedule holds, else what the secret itself says */
  readonly configuration?: RotationConfiguration;
}

/** What a rotation that succeeded tells. */
export interface RotateSecretResult {
  readonly secretId: string;
  readonly clientRequestToken: string;
  /** The version that held AWSCURRENT before. */
  readonly previousVersionId: string;
  /** ISO 8601. */
  readonly rotatedAt: string;
  /** ISO 8601; absent where the secret has no Schedule, or arming it failed for now. */
  readonly nextRotation?: string;
  readonly steps: readonly StepRecord[];
}

/**
 * The owner of one secret's rotation: open only while there is work, and its id, `rotate:<arn>`, is the lock.
 *
 * Up to testSecret a permanent failure or a cancellation undoes what was done, newest first; after it the rotation only
 * goes forward. Ends with AWSPENDING on no version, or on AWSCURRENT's.
 */
export async function rotateSecret(input: RotateSecretInput): Promise<RotateSecretResult> {
  const clientRequestToken = input.clientRequestToken ?? workflowInfo().originalExecutionRunId;
  const timeline = new Timeline();
  answerMessages(timeline, { ...input, clientRequestToken });

  try {
    const opened = await timeline.run('openRotation', () =>
      openRotation({ ...input, rotationId: workflowInfo().workflowId }),
    );
    const request = { ...opened, clientRequestToken };
    const previousVersionId = await rotate(request, timeline);
    timeline.enter('rotated');
    const rotatedAt = new Date().toISOString();
    const armed = await arm(request.secretId, { timeline, lastRotation: rotatedAt });
    return {
      secretId: request.secretId,
      clientRequestToken,
      previousVersionId,
      rotatedAt,
      ...armed,
      steps: timeline.steps,
    };
  } catch (err) {
    timeline.enter('undone');
    throw domainFailure(err);
  }
}

function answerMessages(timeline: Timeline, input: RotateSecretInput & { readonly clientRequestToken: string }): void {
  const { secretId, requestId, clientRequestToken, trigger = 'signal' } = input;
  setHandler(rotationStatusQuery, () => timeline.status({ secretId, clientRequestToken, trigger }));
  setHandler(rotateNowSignal, () => undefined); // whoever signals wants a rotation, and this is one
  setHandler(requestRotationUpdate, () => ({ clientRequestToken }), {
    validator: (request: RotationRequested) => {
      if (request.requestId !== requestId) throw inProgress(clientRequestToken, timeline);
    },
  });
}

/** Carries a rotation to its end, or back to its beginning. Returns the version that was current before. */
async function rotate(request: RotationRequest, timeline: Timeline): Promise<string> {
  const undo: (() => Promise<unknown>)[] = [];
  try {
    undo.unshift(() => timeline.run('discardPending', () => discardPending(request))); // before its step: a call that timed out may have landed
    const { currentVersionId } = await timeline.run('createSecret', () => createSecret(request));
    const rotation = { ...request, currentVersionId };
    undo.unshift(() => timeline.run('restoreCurrent', () => restoreCurrent(request)));
    await timeline.run('setSecret', () => setSecret(rotation));
    await timeline.run('testSecret', () => testSecret(rotation).then(() => ({}))); // a proof is never done already
    await CancellationScope.nonCancellable(() => timeline.run('finishSecret', () => finishSecret(rotation)));
    return currentVersionId;
  } catch (err) {
    timeline.enter('undoing');
    await CancellationScope.nonCancellable(async () => {
      for (const revert of undo) await revert(); // stops at the first that fails, so the live password is never discarded
    });
    throw err;
  }
}

/** Sets the Schedule to the next rotation. A lost arming heals at the next rotation, so it fails nothing. */
async function arm(
  secretId: string,
  { timeline, lastRotation }: { timeline: Timeline; lastRotation: string },
): Promise<{ nextRotation?: string }> {
  try {
    const { nextRotation } = await CancellationScope.nonCancellable(() =>
      timeline.run('armNextRotation', () => armNextRotation({ secretId, lastRotation })),
    );
    return nextRotation === undefined ? {} : { nextRotation };
  } catch (err) {
    if (isCancellation(err)) throw err;
    return {};
  }
}

function inProgress(clientRequestToken: string, timeline: Timeline): ApplicationFailure {
  const step = timeline.steps.at(-1)?.step ?? 'openRotation';
  return ApplicationFailure.create({
    type: 'RotationInProgress',
    nonRetryable: true,
    message: `A rotation of this secret is in progress: token ${clientRequestToken}, step ${step}.`,
    details: [{ clientRequestToken, step }],
  });
}
