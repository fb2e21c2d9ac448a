import { findLiveSecret } from '../service/find-secret';
import { shared } from '../service/members';
import { operation } from '../service/operation';
import { addTags } from '../service/secret-tags';

/** Adds tags to a secret, or gives them new values. */
export const tagResource = operation({
  name: 'TagResource',
  members: { SecretId: shared.secretId, Tags: { ...shared.tags, required: true } },
  rule(call, { SecretId, Tags }) {
    const secret = findLiveSecret(call, SecretId);
    const tags = addTags(secret.tags ?? [], Tags);
    return { response: {}, changed: [{ ...secret, tags, changedAt: call.now }] };
  },
});
