import { ActivityFailure, ApplicationFailure, isCancellation, TimeoutFailure } from '@temporalio/workflow';
import { type RotationEventReason } from '../rotation/rotation-event';
import { domainFailure } from './domain-failure';

/** What an event may tell of a failure: the message of a domain error, which holds no secret, and of no other. */
export function reasonOf(err: unknown): RotationEventReason {
  if (isCancellation(err)) return { type: 'Cancelled', message: 'Somebody cancelled it.' };
  if (err instanceof ActivityFailure && err.cause instanceof TimeoutFailure) {
    return { type: 'TimedOut', message: 'It was tried for too long.' };
  }
  const failure = domainFailure(err);
  if (!(failure instanceof ApplicationFailure))
    return { type: 'UnexpectedError', message: "See the workflow's failure." };
  return { type: failure.type ?? 'UnexpectedError', message: failure.message };
}
