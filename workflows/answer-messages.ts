import { ApplicationFailure, setHandler, workflowInfo } from '@temporalio/workflow';
import { type DecisionRequest, type OpenQuestion } from './decision';
import { type Decisions } from './decisions';
import {
  askAgainUpdate,
  decideUpdate,
  requestRotationUpdate,
  rotateNowSignal,
  rotationStatusQuery,
  type RotationRequested,
} from './messages';
import { type Timeline } from './timeline';

/** What an owner answers with. */
export interface OwnerIds {
  readonly requestId?: string;
  readonly clientRequestToken: string;
}

/** What knows the answers. */
export interface Answering {
  readonly timeline: Timeline;
  readonly decisions: Decisions;
}

/**
 * Registers the owner's handlers. Called before its first await, because messages that came with the start are
 * delivered then.
 */
export function answerMessages({ timeline, decisions }: Answering, ids: OwnerIds): void {
  const { requestId, clientRequestToken } = ids;
  setHandler(rotationStatusQuery, () => timeline.status);
  setHandler(rotateNowSignal, () => undefined); // whoever signals wants a rotation, and this is one
  setHandler(requestRotationUpdate, () => ({ clientRequestToken }), {
    validator: (request: RotationRequested) => {
      if (request.requestId !== requestId) throw inProgress(timeline);
    },
  });
  setHandler(decideUpdate, (request: DecisionRequest) => decisions.take(request), {
    validator: (request: DecisionRequest) => {
      decisions.validate(request);
    },
  });
  const askAgain = async (): Promise<OpenQuestion> => {
    const question = await decisions.askAgain();
    timeline.show();
    return question;
  };
  setHandler(askAgainUpdate, askAgain, {
    validator: () => {
      decisions.validateAskAgain();
    },
  });
}

function inProgress(timeline: Timeline): ApplicationFailure {
  const { clientRequestToken } = timeline.status;
  const step = timeline.steps.at(-1)?.step ?? 'openRotation';
  return ApplicationFailure.create({
    type: 'RotationInProgress',
    nonRetryable: true,
    message: `A rotation of this secret is in progress: token ${clientRequestToken}, step ${step}.`,
    details: [{ clientRequestToken, step, runId: workflowInfo().runId }],
  });
}
