import { type Operation } from '../service/operation';
import { batchGetSecretValue } from './batch-get-secret-value';
import { cancelRotateSecret } from './cancel-rotate-secret';
import { createSecret } from './create-secret';
import { deleteSecret } from './delete-secret';
import { describeSecret } from './describe-secret';
import { getRandomPassword } from './get-random-password';
import { getSecretValue } from './get-secret-value';
import { listSecretVersionIds } from './list-secret-version-ids';
import { listSecrets } from './list-secrets';
import { putSecretValue } from './put-secret-value';
import { restoreSecret } from './restore-secret';
import { rotateSecret } from './rotate-secret';
import { tagResource } from './tag-resource';
import { untagResource } from './untag-resource';
import { updateSecret } from './update-secret';
import { updateSecretVersionStage } from './update-secret-version-stage';

/** The operations that are served, by name. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  [
    batchGetSecretValue,
    cancelRotateSecret,
    createSecret,
    deleteSecret,
    describeSecret,
    getRandomPassword,
    getSecretValue,
    listSecretVersionIds,
    listSecrets,
    putSecretValue,
    restoreSecret,
    rotateSecret,
    tagResource,
    untagResource,
    updateSecret,
    updateSecretVersionStage,
  ].map((served) => [served.name, served]),
);

/** The operations that the service has and this endpoint has not. */
export const unservedOperations: ReadonlySet<string> = new Set([
  'DeleteResourcePolicy',
  'GetResourcePolicy',
  'PutResourcePolicy',
  'RemoveRegionsFromReplication',
  'ReplicateSecretToRegions',
  'StopReplicationToReplica',
  'ValidateResourcePolicy',
]);
