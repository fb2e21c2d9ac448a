import { isCancellation, patched, workflowInfo } from '@temporalio/workflow';
import { type RotationPlan } from '../rotation/rotation-request';
import { answerMessages } from './answer-messages';
import { type RotationWork } from './carry-out';
import { type Reason } from './decision';
import { Decisions } from './decisions';
import { domainFailure, reasonOf } from './domain-failure';
import { type eventNames } from './event-teller';
import { activities, forwardActivities } from './rotation-activities';
import { type RotationEnd } from './rotation-metrics';
import { type RotationState, type RotationTrigger, type StepRecord } from './rotation-status';
import { Timeline } from './timeline';

/** What starts a workflow that holds a secret's lock. */
export interface OwnerInput {
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
}

/** What an owner works with once it knows its secret. */
export interface OwnerWork extends RotationWork {
  /** Absent for a secret that nobody configured. */
  readonly plan: RotationPlan | undefined;
  /** Whether the secret had a Schedule when it was opened; undefined where that was not told. */
  readonly scheduled: boolean | undefined;
}

/** What every owner tells beside its own. */
export interface OwnerResult {
  readonly secretId: string;
  /** The version that was made last: another than was asked for where the database refused a password. */
  readonly clientRequestToken: string;
  readonly steps: readonly StepRecord[];
}

/** What an owner does to its secret. */
export interface OwnerTask<Done> {
  /** What its beginning and its failure are called in events. @defaultValue they are not told */
  readonly events?: (typeof eventNames)[keyof typeof eventNames];
  readonly act: (work: OwnerWork) => Promise<Done>;
  /** What follows where the secret could not be opened. @defaultValue nothing */
  readonly unopened?: (timeline: Timeline) => Promise<unknown>;
}

/** The ends that are no failure; each is also the state that the owner is left in. */
type Outcome = RotationEnd & RotationState;

/**
 * Does something to a secret under its lock: answers messages from the beginning, finds the secret and how it is rotated,
 * does the work, and ends with the domain error as the workflow's failure where that fails.
 */
export async function asOwner<Done extends { readonly outcome: Outcome; readonly reason?: Reason }>(
  input: OwnerInput,
  { events, act, unopened }: OwnerTask<Done>,
): Promise<Done & OwnerResult> {
  const clientRequestToken = input.clientRequestToken ?? workflowInfo().originalExecutionRunId;
  const { secretId: asked, trigger = 'signal' } = input;
  const decisions = new Decisions();
  const timeline = new Timeline({ secretId: asked, clientRequestToken, trigger }, decisions);
  answerMessages({ timeline, decisions }, { ...input, clientRequestToken });
  try {
    const work = await open(input, { timeline, decisions }).catch(async (err: unknown) => {
      if (unopened && patched('unopened')) await unopened(timeline);
      throw err;
    });
    if (events) timeline.events.tell(events.started);
    const done = await act(work);
    timeline.enter(done.outcome);
    timeline.end(done.outcome, done.reason?.message);
    const { secretId, clientRequestToken: made, steps } = timeline.status;
    return { ...done, secretId, clientRequestToken: made, steps };
  } catch (err) {
    const failure = domainFailure(err);
    const outcome = isCancellation(failure) ? 'cancelled' : 'failed';
    timeline.enter('undone');
    timeline.end(outcome, failure instanceof Error ? failure.message : undefined);
    timeline.events.publishTo(failure);
    const isUntold = outcome === 'cancelled' && timeline.events.isSilent; // who would be told is not known either
    if (events && !isUntold) timeline.events.tell(events.failed, { outcome, reason: reasonOf(err) });
    throw failure;
  } finally {
    await timeline.events.settled();
  }
}

async function open(
  input: OwnerInput,
  { timeline, decisions }: Pick<OwnerWork, 'timeline' | 'decisions'>,
): Promise<OwnerWork> {
  const { clientRequestToken } = timeline.status;
  const opened = await timeline.run('openRotation', () =>
    activities.openRotation({ ...input, rotationId: workflowInfo().workflowId, asksForSchedule: true }),
  );
  timeline.opened(opened);
  timeline.events.publishTo(opened);
  const { secretId, plan, scheduled, giveUpAt } = opened;
  const request = { secretId, clientRequestToken, configuration: plan?.configuration ?? {} };
  const limit = (): string | undefined => (decisions.made.length === 0 ? giveUpAt : undefined);
  return { request, plan, scheduled, forward: forwardActivities(limit), timeline, decisions };
}
