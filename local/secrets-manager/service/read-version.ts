import { type Outcome } from './operation';
import { type Secret, type SecretVersion } from './secret';
import { identity, midnight, seconds } from './secret-description';
import { valueMembers } from './secret-value';
import { invalidRequest, notFound } from './service-error';
import { CURRENT, labelsOf } from './staging-labels';

interface Wanted {
  readonly versionId?: string | undefined;
  readonly stage?: string | undefined;
  readonly now: number;
}

/**
 * Reads one version's value; the day of the access is noted once a day.
 *
 * @throws ServiceError `ResourceNotFoundException` for an absent version or value, `InvalidRequestException` when id
 * and label name two versions.
 */
export function readVersion(secret: Secret, wanted: Wanted): Outcome {
  const version = findVersion(secret, wanted);
  const { value } = version;
  if (value === undefined) throw noValue(wanted);
  const response = {
    ...identity(secret),
    VersionId: version.id,
    ...valueMembers(value),
    VersionStages: labelsOf(secret.labels, version.id),
    CreatedDate: seconds(version.createdAt),
  };
  const today = midnight(wanted.now);
  if (secret.accessedOn === today && version.accessedOn === today) return { response };
  return { response, accessed: [noteAccess(secret, { version, today })] };
}

function findVersion({ labels, versions }: Secret, { versionId, stage, now }: Wanted): SecretVersion {
  if (versionId === undefined) {
    const held = versions.get(labels.get(stage ?? CURRENT) ?? '');
    if (held === undefined) throw noValue({ stage, now });
    return held;
  }
  const version = versions.get(versionId);
  if (version === undefined) throw noValue({ versionId, now });
  if (stage !== undefined && labels.get(stage) !== versionId) {
    throw invalidRequest('You provided a VersionStage that is not associated to the provided VersionId.');
  }
  return version;
}

function noValue({ versionId, stage = CURRENT }: Wanted): Error {
  const what = versionId === undefined ? `staging label: ${stage}` : `VersionId: ${versionId}`;
  return notFound(`Secrets Manager can't find the specified secret value for ${what}`);
}

function noteAccess(secret: Secret, { version, today }: { version: SecretVersion; today: number }): Secret {
  const versions = new Map(secret.versions).set(version.id, { ...version, accessedOn: today });
  return { ...secret, accessedOn: today, versions };
}
