import { findSecret } from '../service/find-secret';
import { shared } from '../service/members';
import { operation } from '../service/operation';
import { identity } from '../service/secret-description';
import { invalidRequest } from '../service/service-error';

/** Takes a scheduled deletion back. A secret that is not scheduled is left as it is. */
export const restoreSecret = operation({
  name: 'RestoreSecret',
  members: { SecretId: shared.secretId },
  rule(call, { SecretId }) {
    const secret = findSecret(call, SecretId);
    if (secret.deletion === undefined) return { response: identity(secret) };
    if (secret.deletion.forced) {
      throw invalidRequest("You can't perform this operation on the secret because it was deleted.");
    }
    return { response: identity(secret), changed: [{ ...secret, deletion: undefined }] };
  },
});
