import { isPurged } from '../service/find-secret';
import { notImplemented } from '../service/front-door-error';
import { type InputOf, shared } from '../service/members';
import { operation, type OperationCall, type Outcome } from '../service/operation';
import { type Secret, type SecretValue } from '../service/secret';
import { identity } from '../service/secret-description';
import { addTags } from '../service/secret-tags';
import { isSameValue, valueIn } from '../service/secret-value';
import { alreadyExists, invalidRequest } from '../service/service-error';
import { CURRENT } from '../service/staging-labels';
import { storeValue } from '../service/store-value';

const suffixCharacters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

const members = {
  Name: { kind: 'text', min: 1, max: 512, format: 'name', required: true },
  ClientRequestToken: { ...shared.token, required: true },
  Description: shared.description,
  KmsKeyId: shared.kmsKeyId,
  SecretString: shared.text,
  SecretBinary: shared.binary,
  Tags: shared.tags,
  AddReplicaRegions: { kind: 'list', of: { kind: 'structure', members: {} } },
  ForceOverwriteReplicaSecret: shared.flag,
  Type: { kind: 'text', max: 256 },
} as const;

/** Makes a secret, with or without a first value. The same token and value again answer as the first time. */
export const createSecret = operation({
  name: 'CreateSecret',
  withoutToken: 'InvalidRequestException',
  members,
  rule(call, input) {
    if ((input.AddReplicaRegions?.length ?? 0) > 0) throw notImplemented('Replication to other Regions');
    const value = valueIn(input);
    const secret = newSecret(call, input);
    const existing = call.catalog.byName(call.caller, input.Name);
    if (existing !== undefined && !isPurged(existing, call.now)) return repeat(existing, { input, value });
    if (value === undefined) return { response: identity(secret), changed: [secret] };
    const token = input.ClientRequestToken;
    const filled = storeValue(secret, { token, value, stages: [CURRENT], now: call.now });
    return { response: { ...identity(filled), VersionId: token }, changed: [filled] };
  },
});

function newSecret({ now, caller, random }: OperationCall, input: InputOf<typeof members>): Secret {
  const { accountId, region } = caller;
  const suffix = Array.from({ length: 6 }, () => suffixCharacters.charAt(random(suffixCharacters.length))).join('');
  return {
    arn: `arn:aws:secretsmanager:${region}:${accountId}:secret:${input.Name}-${suffix}`,
    name: input.Name,
    accountId,
    region,
    createdAt: now,
    changedAt: now,
    description: input.Description,
    kmsKeyId: input.KmsKeyId === '' ? undefined : input.KmsKeyId,
    type: input.Type,
    tags: input.Tags === undefined ? undefined : addTags([], input.Tags),
    creationToken: input.ClientRequestToken,
    labels: new Map(),
    versions: new Map(),
  };
}

function repeat(
  existing: Secret,
  { input, value }: { input: InputOf<typeof members>; value: SecretValue | undefined },
): Outcome {
  const { Name: name, ClientRequestToken: token } = input;
  if (existing.deletion !== undefined) {
    throw invalidRequest(
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
  }
  const kept = existing.versions.get(token)?.value;
  if (value === undefined && existing.creationToken === token && kept === undefined)
    return { response: identity(existing) };
  if (value === undefined || kept === undefined) {
    throw alreadyExists(`The operation failed because the secret ${name} already exists.`);
  }
  if (isSameValue(kept, value)) return { response: { ...identity(existing), VersionId: token } };
  throw alreadyExists(
    `You can't use ClientRequestToken ${token} because that value is already in use for a version of secret ${existing.arn}.`,
  );
}
