import { type Secret, type SecretValue, type SecretVersion } from './secret';
import { isSameValue } from './secret-value';
import { alreadyExists, ServiceError } from './service-error';
import { putLabels, type Labels } from './staging-labels';

/** A value to be kept under a token, and the labels it is given. */
export interface ValueToStore {
  readonly token: string;
  readonly value: SecretValue;
  readonly stages: readonly string[];
  readonly now: number;
}

const versionLimit = 100;
const labelLimit = 20;
const youngestPurgedMs = 24 * 60 * 60 * 1000;

/**
 * Keeps a value under a token.
 *
 * A token that already holds this value changes nothing, labels included, and the same secret comes back. A version
 * that has no value yet is filled.
 *
 * @throws ServiceError `ResourceExistsException` when the token holds another value, `LimitExceededException` when
 * nothing can be purged to make room.
 */
export function storeValue(secret: Secret, { token, value, stages, now }: ValueToStore): Secret {
  const known = secret.versions.get(token);
  if (known?.value !== undefined) {
    if (isSameValue(known.value, value)) return secret;
    throw alreadyExists(
      `You can't use ClientRequestToken ${token} because that value is already in use for a version of secret ${secret.arn}.`,
    );
  }
  const labels = checkLabelLimit(putLabels(secret.labels, { versionId: token, stages }));
  const version: SecretVersion = { ...(known ?? { id: token, createdAt: now }), kmsKeyId: secret.kmsKeyId, value };
  return withVersion({ ...secret, labels, changedAt: now }, { version, now });
}

/** Adds or replaces one version, purging old ones that hold no label when there are too many. */
export function withVersion(secret: Secret, { version, now }: { version: SecretVersion; now: number }): Secret {
  const versions = new Map(secret.versions).set(version.id, version);
  if (versions.size > versionLimit) purge(versions, { labels: secret.labels, keep: version.id, now });
  return { ...secret, versions };
}

/** Refuses a secret that would hold more labels than the service allows. */
export function checkLabelLimit(labels: Labels): Labels {
  if (labels.size <= labelLimit) return labels;
  throw new ServiceError('LimitExceededException', `A secret can have at most ${labelLimit} staging labels.`);
}

function purge(
  versions: Map<string, SecretVersion>,
  { labels, keep, now }: { labels: Labels; keep: string; now: number },
): void {
  const held = new Set([...labels.values(), keep]);
  for (const { id, createdAt } of [...versions.values()]) {
    if (versions.size <= versionLimit) return;
    if (!held.has(id) && now - createdAt > youngestPurgedMs) versions.delete(id);
  }
  if (versions.size <= versionLimit) return;
  throw new ServiceError('LimitExceededException', `A secret can have at most ${versionLimit} versions.`);
}
