import { findLiveSecret } from '../service/find-secret';
import { shared } from '../service/members';
import { operation } from '../service/operation';
import { pendingToken, rotationAbandoned } from '../service/rotation-progress';
import { identity } from '../service/secret-description';

/** Turns rotation off. Configuration and labels stay; the half-made version is named. */
export const cancelRotateSecret = operation({
  name: 'CancelRotateSecret',
  members: { SecretId: shared.secretId },
  rule(call, { SecretId }) {
    const secret = findLiveSecret(call, SecretId);
    const response = { ...identity(secret), VersionId: pendingToken(secret) };
    const { rotation } = rotationAbandoned(secret);
    if (rotation === undefined) return { response };
    const disabled = { ...rotation, enabled: false, plannedAt: undefined, nextBy: undefined };
    return { response, changed: [{ ...secret, rotation: disabled, changedAt: call.now }] };
  },
});
