import { isCancellation, workflowInfo } from '@temporalio/workflow';
import { type RotationPlan, type RotationRequest } from '../rotation/rotation-request';
import { answerMessages } from './answer-messages';
import { armSchedule } from './arm-schedule';
import { carryOut, proof } from './carry-out';
import { domainFailure } from './domain-failure';
import { reasonOf } from './event-reason';
import { eventNames } from './event-teller';
import { activities } from './rotation-activities';
import { type RotationTrigger, type StepRecord } from './rotation-status';
import { Timeline } from './timeline';

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
  /** How and when the secret is rotated. @defaultValue what its Schedule holds, else what the secret itself says */
  readonly plan?: RotationPlan;
  /** False: only the current credential is tested. @defaultValue true */
  readonly rotateImmediately?: boolean;
}

/** What an owner that did its work tells. */
export interface RotateSecretResult {
  /** `tested` where no rotation was asked for, but only a test of the current credential. */
  readonly outcome: 'rotated' | 'tested';
  readonly secretId: string;
  readonly clientRequestToken: string;
  /** The version that held AWSCURRENT before. */
  readonly previousVersionId?: string;
  /** ISO 8601. */
  readonly rotatedAt?: string;
  /** ISO 8601; absent where the secret has no Schedule, or arming it failed for now. */
  readonly nextRotation?: string;
  readonly steps: readonly StepRecord[];
}

/**
 * The owner of one secret's rotation: open only while there is work, and its id, `rotate:<arn>`, is the lock.
 *
 * Up to testSecret a permanent failure or a cancellation undoes what was done, newest first; after it the rotation only
 * goes forward. Ends with AWSPENDING on no version, or on AWSCURRENT's, and with the Schedule armed anew.
 */
export async function rotateSecret(input: RotateSecretInput): Promise<RotateSecretResult> {
  const clientRequestToken = input.clientRequestToken ?? workflowInfo().originalExecutionRunId;
  const { secretId: asked, trigger = 'signal' } = input;
  const timeline = new Timeline({ secretId: asked, clientRequestToken, trigger });
  const { events } = timeline;
  const names = input.rotateImmediately === false ? eventNames.test : eventNames.rotation;
  answerMessages(timeline, { ...input, clientRequestToken });
  try {
    const opened = await timeline.run('openRotation', () =>
      activities.openRotation({ ...input, rotationId: workflowInfo().workflowId }),
    );
    timeline.opened(opened);
    events.publishTo(opened);
    events.tell(names.started);
    const { secretId, plan } = opened;
    const request = { secretId, clientRequestToken, configuration: plan?.configuration ?? {} };
    const done =
      input.rotateImmediately === false ? await test(request, timeline) : await rotate({ request, plan, timeline });
    timeline.end(done.outcome);
    return { ...done, secretId, clientRequestToken, steps: timeline.steps };
  } catch (err) {
    const failure = domainFailure(err);
    timeline.enter('undone');
    const outcome = isCancellation(err) ? 'cancelled' : 'failed';
    timeline.end(outcome, failure instanceof Error ? failure.message : undefined);
    events.publishTo(failure);
    events.tell(names.failed, { outcome, reason: reasonOf(err) });
    throw failure;
  } finally {
    await events.settled();
  }
}

type Done = Omit<RotateSecretResult, 'secretId' | 'clientRequestToken' | 'steps'>;

async function test(request: RotationRequest, timeline: Timeline): Promise<Done> {
  await timeline.run('testCurrent', () => activities.testCurrent(request).then(proof));
  timeline.enter('tested');
  timeline.events.tell(eventNames.test.succeeded, { outcome: 'tested' });
  return { outcome: 'tested' };
}

async function rotate({
  request,
  plan,
  timeline,
}: {
  request: RotationRequest;
  plan: RotationPlan | undefined;
  timeline: Timeline;
}): Promise<Done> {
  const { secretId } = request;
  try {
    const previousVersionId = await carryOut(request, timeline);
    timeline.enter('rotated');
    timeline.events.tell(eventNames.rotation.succeeded, { outcome: 'rotated' });
    const rotatedAt = new Date().toISOString();
    const armed = await armSchedule({ secretId, lastRotation: rotatedAt }, { plan, timeline });
    return { outcome: 'rotated', previousVersionId, rotatedAt, ...armed };
  } catch (err) {
    await armSchedule({ secretId }, { plan, timeline });
    throw err;
  }
}
