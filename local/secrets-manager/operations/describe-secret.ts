import { findSecret } from '../service/find-secret';
import { shared } from '../service/members';
import { operation } from '../service/operation';
import { describeHead, versionsToStages } from '../service/secret-description';

/** Tells everything about a secret but its values; works on one that is scheduled for deletion too. */
export const describeSecret = operation({
  name: 'DescribeSecret',
  isRead: true,
  members: { SecretId: shared.secretId },
  rule(call, { SecretId }) {
    const secret = findSecret(call, SecretId);
    return { response: { ...describeHead(secret), VersionIdsToStages: versionsToStages(secret) } };
  },
});
