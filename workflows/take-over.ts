import { ApplicationFailure } from '@temporalio/workflow';
import { type OwnerWork } from './owner';
import { activities } from './rotation-activities';

/**
 * Makes sure, before what somebody else left under AWSPENDING is gone on with, that its credential or the current one
 * signs in. Changes nothing, and never guesses.
 */
export async function assertProvable({ request, timeline }: OwnerWork): Promise<void> {
  const { current, pending } = await timeline.run('takeStock', () => activities.takeStock(request));
  const said = [current?.signsIn, pending?.signsIn];
  if (said.includes('accepted')) return;
  throw said.includes('unknown')
    ? refused(
        'TargetUnavailable',
        'The database could not be asked whether the current or the pending credential works.',
      )
    : refused('SignInRefused', 'The database refuses both the current and the pending credential.');
}

function refused(type: string, what: string): ApplicationFailure {
  return ApplicationFailure.create({
    type,
    nonRetryable: true,
    message: `${what} Nothing was changed. Set the password of one of them in the database, or reconcile the secret.`,
  });
}
