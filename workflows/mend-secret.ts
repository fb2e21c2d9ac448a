import { asOwner, type OwnerInput, type OwnerResult } from './owner';
import { activities } from './rotation-activities';

/** What mending a secret tells. */
export interface MendSecretResult extends OwnerResult {
  readonly outcome: 'reconciled' | 'discarded';
}

/**
 * Makes the database accept AWSCURRENT's credential by the superuser's word alone, under the lock of the secret's
 * rotation. Moves no label.
 */
export async function reconcileSecret(input: OwnerInput): Promise<MendSecretResult> {
  return asOwner(input, {
    act: async ({ request, timeline }) => {
      await timeline.run('reconcile', () => activities.reconcile(request));
      return { outcome: 'reconciled' as const };
    },
  });
}

/**
 * Takes AWSPENDING off the version `clientRequestToken`, which somebody else left there, once the current credential is
 * proved to work; under the lock of the secret's rotation.
 */
export async function discardLeftover(input: OwnerInput): Promise<MendSecretResult> {
  return asOwner(input, {
    act: async ({ request, timeline }) => {
      await timeline.run('discardPending', () => activities.discardPending(request));
      return { outcome: 'discarded' as const };
    },
  });
}
