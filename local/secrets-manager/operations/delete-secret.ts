import { findLiveSecret, findSecret } from '../service/find-secret';
import { type InputOf, shared } from '../service/members';
import { operation, type OperationCall, type Outcome } from '../service/operation';
import { type Secret } from '../service/secret';
import { identity, seconds } from '../service/secret-description';
import { invalidParameter, ServiceError } from '../service/service-error';

const members = {
  SecretId: shared.secretId,
  RecoveryWindowInDays: { kind: 'integer', min: 7, max: 30 },
  ForceDeleteWithoutRecovery: shared.flag,
} as const;

const dayMs = 24 * 60 * 60 * 1000;

/** How long a name stays taken after a forced deletion. */
const forcedDeletionMs = 1000;

/** Schedules a secret for deletion, or deletes it at once; the latter also where there is none. */
export const deleteSecret = operation({
  name: 'DeleteSecret',
  members,
  rule(call, input) {
    const { RecoveryWindowInDays: days = 30, ForceDeleteWithoutRecovery: force = false } = input;
    if (!force)
      return schedule(findLiveSecret(call, input.SecretId), { purgeAt: call.now + days * dayMs, forced: false });
    if (input.RecoveryWindowInDays !== undefined) {
      throw invalidParameter("You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.");
    }
    return forceDelete(call, input);
  },
});

function forceDelete(call: OperationCall, { SecretId }: InputOf<typeof members>): Outcome {
  try {
    const secret = findSecret(call, SecretId);
    const { response, changed = [] } = schedule(secret, { purgeAt: call.now + forcedDeletionMs, forced: true });
    return { response: { ...response, DeletionDate: seconds(call.now) }, changed };
  } catch (error) {
    if (!(error instanceof ServiceError) || error.type !== 'ResourceNotFoundException') throw error;
    return { response: neverExisted(call, SecretId) };
  }
}

function schedule(secret: Secret, deletion: NonNullable<Secret['deletion']>): Outcome {
  const response = { ...identity(secret), DeletionDate: seconds(deletion.purgeAt) };
  return { response, changed: [{ ...secret, deletion }] };
}

function neverExisted({ caller, now }: OperationCall, secretId: string): Readonly<Record<string, unknown>> {
  const isArn = secretId.startsWith('arn:');
  const ARN = isArn ? secretId : `arn:aws:secretsmanager:${caller.region}:${caller.accountId}:secret:${secretId}`;
  return { ARN, Name: isArn ? secretId.split(':').slice(6).join(':') : secretId, DeletionDate: seconds(now) };
}
