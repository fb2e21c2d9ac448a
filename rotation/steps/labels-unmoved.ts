import { type StillWanted } from '../database-engine';
import { RotationSupersededError } from '../errors';
import { type SecretStore } from '../secret-store';
import { holderOf } from '../staging-labels';

/** Where an attempt found the labels that entitle it to its change. */
export interface FoundLabels {
  readonly secretId: string;
  /** The version that held AWSCURRENT. */
  readonly current: string;
  /** The version that held AWSPENDING. @defaultValue it does not matter */
  readonly pending?: string;
}

/**
 * Whether the labels are where an attempt found them. One that was given up, and wakes up after its rotation was undone
 * or finished, learns here that its change is not wanted any more.
 *
 * The answer throws RotationSupersededError where a label has moved.
 */
export function labelsUnmoved(store: Pick<SecretStore, 'describe'>, found: FoundLabels): StillWanted {
  const { secretId, current, pending } = found;
  return async () => {
    const { labels } = await store.describe(secretId);
    const moved = holderOf(labels, 'AWSCURRENT') !== current;
    if (!moved && (pending === undefined || holderOf(labels, 'AWSPENDING') === pending)) return;
    throw new RotationSupersededError(
      'A label of the secret was moved while the change of the password was under way. It was not made.',
      { secretId },
    );
  };
}
