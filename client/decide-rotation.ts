import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { rotationId } from '../rotation/rotation-id';
import { type DecisionAccepted, type DecisionRequest } from '../workflows/decision';
import { decidedAlready } from '../workflows/decision-text';
import { decideUpdate } from '../workflows/messages';
import { askTemporal, deadlines } from './ask-temporal';
import { describeRun, type DescribedRotation } from './describe-rotation';
import { DecisionRefusedError, TemporalUnavailableError, WaitingForWorkerError } from './errors';

/** A decision, and whose rotation it is about. */
type SentDecision = DecisionRequest & { readonly arn: string; readonly name: string };

/** A decision about one question of one run: sent again it can be taken for nothing else. */
type BoundDecision = SentDecision & { readonly question: number; readonly runId: string };

/**
 * Sends a decision to the owner of a secret's rotation: about the question that it names, else about the one that is open
 * now.
 *
 * Safe to repeat where it names its question.
 *
 * @throws DecisionRefusedError when no rotation waits for one, or another one was made.
 * @throws WaitingForWorkerError, TemporalUnavailableError when it is not known whether it was taken.
 */
export async function decideRotation(temporal: Client, decision: SentDecision): Promise<DecisionAccepted> {
  const { arn, name } = decision;
  const run = await describeRun(temporal, { arn, patienceMs: deadlines.call });
  if (!run) throw new DecisionRefusedError(`${name}: No rotation is under way.`);
  const question = decision.question ?? questionOf(run, name);
  const bound = { ...decision, question, runId: run.runId };
  return run.open ? send(temporal, bound) : answerOf(run, bound);
}

/** The question that is open, else the last one: a decision that comes while it is carried out is about that. */
function questionOf({ open, status }: DescribedRotation, name: string): number {
  if (!open) throw new DecisionRefusedError(`${name}: No rotation is under way.`);
  if (!status) {
    throw new WaitingForWorkerError(
      `${name}: No worker answers, so it cannot be told which question is open. Nothing was decided. Start one with ` +
        '`rotor worker`, then decide.',
    );
  }
  const question = status.question?.question ?? status.decisions.length;
  if (question > 0) return question;
  throw new DecisionRefusedError(`${name}: The rotation does not wait for a decision.`);
}

async function send(temporal: Client, decision: BoundDecision): Promise<DecisionAccepted> {
  const { arn, name, runId, ...rest } = decision;
  const request = { by: temporal.options.identity, ...rest };
  const updateId = ['decide', runId, request.question, request.choice].join('-');
  const owner = temporal.workflow.getHandle(rotationId(arn), runId);
  try {
    return await askTemporal(temporal, () => owner.executeUpdate(decideUpdate, { args: [request], updateId }));
  } catch (err) {
    if (err instanceof WorkflowNotFoundError) return answerOf(await describeRun(temporal, { arn, runId }), decision);
    if (err instanceof WorkflowUpdateFailedError && err.cause instanceof ApplicationFailure) {
      throw new DecisionRefusedError(`${name}: ${err.cause.message}`);
    }
    throw unanswered(err, decision);
  }
}

/** What a rotation that has ended answers: the decision that it was given, where that is this one. */
function answerOf(run: DescribedRotation | undefined, { name, question, choice }: BoundDecision): DecisionAccepted {
  const made = run?.status?.decisions[question - 1];
  if (made?.choice === choice) return { question, choice };
  throw new DecisionRefusedError(`${name}: ${made ? decidedAlready(made) : 'No rotation is under way.'}`);
}

/** A decision without an answer may have been taken; sent again about the same question it is still one. */
function unanswered(err: unknown, { name, question, choice }: BoundDecision): unknown {
  const again = `Send it again as \`rotor decide ${name} ${choice} --question ${question}\`: it stays one decision.`;
  if (err instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
    return new WaitingForWorkerError(
      `${name}: No worker answers, so the decision may have been taken or not. Start one with \`rotor worker\`. ${again}`,
    );
  }
  return err instanceof TemporalUnavailableError ? new TemporalUnavailableError(`${err.message} ${again}`) : err;
}
