import { findLiveSecret, findSecretForValue } from '../service/find-secret';
import { type InputOf, shared } from '../service/members';
import { operation } from '../service/operation';
import { afterNewCurrent } from '../service/rotation-plan';
import { type Secret } from '../service/secret';
import { identity } from '../service/secret-description';
import { valueIn } from '../service/secret-value';
import { CURRENT } from '../service/staging-labels';
import { storeValue } from '../service/store-value';

const members = {
  SecretId: shared.secretId,
  ClientRequestToken: { ...shared.token, required: true },
  Description: shared.description,
  KmsKeyId: shared.kmsKeyId,
  SecretString: shared.text,
  SecretBinary: shared.binary,
  Type: { kind: 'text', max: 256 },
} as const;

/** Changes what a secret is described by and, with a value, makes it the current version. */
export const updateSecret = operation({
  name: 'UpdateSecret',
  withoutToken: 'InvalidRequestException',
  members,
  rule(call, input) {
    const { SecretId, ClientRequestToken: token } = input;
    const value = valueIn(input);
    const find = value === undefined ? findLiveSecret : findSecretForValue;
    const secret = find(call, SecretId);
    const described = describe(secret, { input, now: call.now });
    if (value === undefined) return { response: identity(secret), changed: [described] };
    const stored = storeValue(described, { token, value, stages: [CURRENT], now: call.now });
    const next = afterNewCurrent(call, { before: secret, after: stored });
    return { response: { ...identity(secret), VersionId: token }, changed: [next] };
  },
});

/** LastChangedDate grows on every call, even on one that changes nothing else. */
function describe(secret: Secret, { input, now }: { input: InputOf<typeof members>; now: number }): Secret {
  const { Description = secret.description, KmsKeyId = secret.kmsKeyId, Type = secret.type } = input;
  const changedAt = Math.max(now, secret.changedAt + 1);
  return {
    ...secret,
    changedAt,
    description: Description === '' ? undefined : Description,
    kmsKeyId: KmsKeyId === '' ? undefined : KmsKeyId,
    type: Type,
  };
}
