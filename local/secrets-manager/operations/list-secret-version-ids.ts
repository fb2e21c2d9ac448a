import { findSecret } from '../service/find-secret';
import { shared } from '../service/members';
import { operation } from '../service/operation';
import { cutPage } from '../service/page';
import { type Secret, type SecretVersion } from '../service/secret';
import { identity, seconds } from '../service/secret-description';
import { CURRENT, labelsOf } from '../service/staging-labels';

/** Lists the versions that have a value: the labelled ones, and on request those without a label. */
export const listSecretVersionIds = operation({
  name: 'ListSecretVersionIds',
  isRead: true,
  members: {
    SecretId: shared.secretId,
    MaxResults: { kind: 'integer', min: 1, max: 100 },
    NextToken: shared.nextToken,
    IncludeDeprecated: shared.flag,
  },
  rule(call, { SecretId, MaxResults: size = 100, NextToken: nextToken, IncludeDeprecated = false }) {
    const secret = findSecret(call, SecretId);
    const request = ['versions', secret.arn, IncludeDeprecated];
    const items = listed(secret, IncludeDeprecated);
    const page = cutPage({ items, keyOf: ({ id }) => id, size, nextToken, request });
    const Versions = page.items.map((version) => describeVersion(secret, version));
    return { response: { Versions, NextToken: page.nextToken, ...identity(secret) } };
  },
});

/** AWSCURRENT's version first, then the newest. */
function listed({ labels, versions }: Secret, includeDeprecated: boolean): SecretVersion[] {
  const held = new Set(labels.values());
  const current = labels.get(CURRENT);
  return [...versions.values()]
    .reverse()
    .filter(({ id, value }) => value !== undefined && (includeDeprecated || held.has(id)))
    .sort((one, other) => Number(other.id === current) - Number(one.id === current));
}

function describeVersion({ labels }: Secret, version: SecretVersion): Readonly<Record<string, unknown>> {
  const stages = labelsOf(labels, version.id);
  return {
    VersionId: version.id,
    VersionStages: stages.length === 0 ? undefined : stages,
    LastAccessedDate: seconds(version.accessedOn),
    CreatedDate: seconds(version.createdAt),
    KmsKeyIds: [version.kmsKeyId ?? 'DefaultEncryptionKey'],
  };
}
