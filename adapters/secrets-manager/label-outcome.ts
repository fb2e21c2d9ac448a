import { RotationSupersededError, StoreRequestRefusedError, StoreUnavailableError } from '../../rotation/errors';
import { holderOf, type VersionLabels } from '../../rotation/staging-labels';

/**
 * Says what it means that the service refused to move AWSCURRENT: its error is the same for every reason.
 *
 * Returns where the label is already on `to`: an earlier attempt moved it and its answer was lost.
 *
 * @throws RotationSupersededError when `from` does not hold the label.
 * @throws StoreRequestRefusedError when there is no such version to move it to.
 * @throws StoreUnavailableError when the labels as read do not explain the refusal, so that they must be outdated.
 */
export function assertMoved(move: { labels: VersionLabels; secretId: string; from: string; to: string }): void {
  const { labels, secretId, from, to } = move;
  const holder = holderOf(labels, 'AWSCURRENT');
  if (holder === to) return;
  if (holder !== from) {
    throw new RotationSupersededError(
      `AWSCURRENT of secret "${secretId}" is no longer on version ${from}: somebody else moved it. Nothing was moved.`,
      { secretId, versionId: to },
    );
  }
  if (labels[to] !== undefined) throw outdated(secretId, to);
  throw new StoreRequestRefusedError(
    `AWSCURRENT of secret "${secretId}" cannot go to version ${to}: no version with a label has this id.`,
    { secretId, versionId: to },
  );
}

/**
 * Says what it means that the service refused to take a label off a version.
 *
 * Returns where the version does not hold the label: there was nothing to do.
 *
 * @throws StoreUnavailableError when the labels as read do not explain the refusal, so that they must be outdated.
 */
export function assertRemoved(removal: {
  labels: VersionLabels;
  secretId: string;
  versionId: string;
  label: string;
}): void {
  const { labels, secretId, versionId, label } = removal;
  if (labels[versionId]?.includes(label)) throw outdated(secretId, versionId);
}

function outdated(secretId: string, versionId: string): StoreUnavailableError {
  return new StoreUnavailableError(
    `Secrets Manager refuses a label's move that the labels it shows for secret "${secretId}" permit. They are ` +
      'outdated; the call is to be made again.',
    { secretId, versionId },
  );
}
