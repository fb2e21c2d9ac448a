import { findLiveSecret } from '../service/find-secret';
import { shared } from '../service/members';
import { operation } from '../service/operation';
import { removeTags } from '../service/secret-tags';

/** Takes tags off a secret. Once it had one, its tags are shown, be it as an empty list. */
export const untagResource = operation({
  name: 'UntagResource',
  members: {
    SecretId: shared.secretId,
    TagKeys: { kind: 'list', max: 50, required: true, of: { kind: 'text', min: 1, max: 128 } },
  },
  rule(call, { SecretId, TagKeys }) {
    const secret = findLiveSecret(call, SecretId);
    if (secret.tags === undefined) return { response: {} };
    const tags = removeTags(secret.tags, TagKeys);
    return { response: {}, changed: [{ ...secret, tags, changedAt: call.now }] };
  },
});
