import {
  ApplicationFailure,
  CancellationScope,
  getExternalWorkflowHandle,
  log,
  ParentClosePolicy,
  proxySinks,
  startChild,
  workflowInfo,
  type Sinks,
} from '@temporalio/workflow';
import {
  type RotationEvent,
  type RotationEventName,
  type RotationEventOutcome,
  type RotationEventReason,
} from '../rotation/rotation-event';
import { rotationEventsId } from './names';
import { publishRotationEvents, tellEventSignal } from './publish-rotation-events';
import { type RotationStatus, type RotationStep } from './rotation-status';

/** What a worker gives the workflows: its log of events. */
export interface RotationEventSinks extends Sinks {
  readonly rotationEvents: { publish(event: RotationEvent): void };
}

/** What an event tells beside its name. */
export interface EventFacts {
  /** @defaultValue `open` */
  readonly outcome?: RotationEventOutcome;
  readonly reason?: RotationEventReason;
}

/** What the parts of a rotation, and of a test of the current credential, are called in events. */
export const eventNames = {
  rotation: { started: 'RotationStarted', succeeded: 'RotationSucceeded', failed: 'RotationFailed' },
  test: { started: 'TestRotationStarted', succeeded: 'TestRotationSucceeded', failed: 'TestRotationFailed' },
} as const;

const aside: readonly RotationStep[] = ['restoreCurrent', 'discardPending', 'takeStock', 'armNextRotation'];

const { rotationEvents } = proxySinks<RotationEventSinks>();

/**
 * Tells the events of one rotation, at least once and in order: always to the worker's log, and to the publishers, where
 * there are any, through a workflow of its own, which no step waits for.
 *
 * A worker writes the log before it reports what the workflow did, so one that is killed between repeats itself.
 */
export class EventTeller {
  readonly #status: () => RotationStatus;
  #publishers: readonly string[] = [];
  #sequence = 0;
  #isOpen = false;
  #handedOver: Promise<void> = Promise.resolve();

  constructor(status: () => RotationStatus) {
    this.#status = status;
  }

  /** Whether nothing was told so far. */
  get isSilent(): boolean {
    return this.#sequence === 0;
  }

  /** Says who is told beside the log, by what openRotation tells: its answer, or the failure that it ended with. */
  publishTo(told: unknown): void {
    const facts = told instanceof ApplicationFailure ? told.details?.[0] : told;
    if (typeof facts !== 'object' || facts === null || !('publishers' in facts)) return;
    this.#publishers = facts.publishers as string[];
  }

  /** Tells that something happened. Never fails. */
  tell(name: RotationEventName, facts: EventFacts = {}): void {
    const event = this.#eventOf(name, facts);
    rotationEvents.publish(event);
    if (this.#publishers.length === 0) return;
    this.#handedOver = this.#handedOver.then(() => CancellationScope.nonCancellable(() => this.#handOver(event)));
  }

  /** Resolves once what was told so far is in other hands; a workflow that ends before would take it along. */
  async settled(): Promise<void> {
    await this.#handedOver;
  }

  #eventOf(name: RotationEventName, { outcome = 'open', reason }: EventFacts): RotationEvent {
    const { secretId, clientRequestToken, trigger, steps } = this.#status();
    const { runId, startTime } = workflowInfo();
    this.#sequence += 1;
    return {
      id: `${runId}/${this.#sequence}`,
      name,
      sequence: this.#sequence,
      secretId,
      clientRequestToken,
      trigger,
      step: steps.findLast(({ step }) => !aside.includes(step))?.step ?? 'openRotation',
      outcome,
      ...(reason ? { reason } : {}),
      startedAt: startTime.toISOString(),
      occurredAt: new Date().toISOString(),
    };
  }

  /** The other workflow may be there from before a reset, and may be gone when somebody ended it. */
  async #handOver(event: RotationEvent): Promise<void> {
    const ways = [() => this.#start(event), () => signal(event)];
    if (this.#isOpen) ways.reverse();
    for (const way of ways) {
      this.#isOpen = await way().then(
        () => true,
        () => false,
      );
      if (this.#isOpen) return;
    }
    log.error(`The event ${event.name} is lost to ${this.#publishers.join(' and ')}.`, { event: event.id });
  }

  async #start(event: RotationEvent): Promise<void> {
    await startChild(publishRotationEvents, {
      workflowId: rotationEventsId(workflowInfo().originalExecutionRunId),
      args: [{ publishers: this.#publishers, event }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `events of the rotation of ${event.secretId}`,
    });
  }
}

function signal(event: RotationEvent): Promise<void> {
  const workflow = getExternalWorkflowHandle(rotationEventsId(workflowInfo().originalExecutionRunId));
  return workflow.signal(tellEventSignal, event);
}
