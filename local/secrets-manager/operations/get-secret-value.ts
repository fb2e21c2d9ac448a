import { findSecretForValue } from '../service/find-secret';
import { shared } from '../service/members';
import { operation } from '../service/operation';
import { readVersion } from '../service/read-version';

/** Reads one version: AWSCURRENT, or the one of the given id or label. */
export const getSecretValue = operation({
  name: 'GetSecretValue',
  isRead: true,
  members: { SecretId: shared.secretId, VersionId: shared.versionId, VersionStage: shared.stage },
  rule(call, { SecretId, VersionId, VersionStage }) {
    const secret = findSecretForValue(call, SecretId);
    return readVersion(secret, { versionId: VersionId, stage: VersionStage, now: call.now });
  },
});
