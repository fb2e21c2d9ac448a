import { findSecretForValue } from '../service/find-secret';
import { shared } from '../service/members';
import { operation } from '../service/operation';
import { afterNewCurrent } from '../service/rotation-plan';
import { identity } from '../service/secret-description';
import { valueIn } from '../service/secret-value';
import { invalidRequest } from '../service/service-error';
import { CURRENT, labelsOf } from '../service/staging-labels';
import { storeValue } from '../service/store-value';

/** Keeps a value as a version and gives it labels: AWSCURRENT, or the ones asked for. */
export const putSecretValue = operation({
  name: 'PutSecretValue',
  withoutToken: 'InvalidRequestException',
  members: {
    SecretId: shared.secretId,
    ClientRequestToken: { ...shared.token, required: true },
    SecretString: shared.text,
    SecretBinary: shared.binary,
    VersionStages: { kind: 'list', min: 1, max: 20, of: shared.stage },
    RotationToken: { kind: 'text', min: 36, max: 256, pattern: /^[A-Za-z0-9-]+$/ },
  },
  rule(call, input) {
    const { SecretId, ClientRequestToken: token, VersionStages: stages = [CURRENT] } = input;
    const value = valueIn(input);
    const secret = findSecretForValue(call, SecretId);
    if (value === undefined) throw invalidRequest('You must provide either SecretString or SecretBinary.');
    const stored = storeValue(secret, { token, value, stages, now: call.now });
    const next = afterNewCurrent(call, { before: secret, after: stored });
    const response = { ...identity(next), VersionId: token, VersionStages: labelsOf(next.labels, token) };
    return next === secret ? { response } : { response, changed: [next] };
  },
});
