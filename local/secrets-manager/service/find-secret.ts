import { type OperationCall } from './operation';
import { type Secret } from './secret';
import { invalidRequest, notFound } from './service-error';

const withSuffix = /-[A-Za-z0-9]{6}$/;

/**
 * The secret that a name, a full ARN, or an ARN without its suffix stands for, also when it is scheduled for deletion.
 *
 * An ARN that ends like a suffix is taken as complete, which is why a name that ends in a hyphen and six characters is
 * not found by partial ARN.
 *
 * @throws ServiceError `ResourceNotFoundException`.
 */
export function findSecret(call: OperationCall, secretId: string): Secret {
  const secret = secretId.startsWith('arn:') ? byArn(call, secretId) : call.catalog.byName(call.caller, secretId);
  if (secret === undefined || isPurged(secret, call.now)) {
    throw notFound("Secrets Manager can't find the specified secret.");
  }
  return secret;
}

/**
 * The secret, which must not be scheduled for deletion.
 *
 * @throws ServiceError `ResourceNotFoundException`, or `InvalidRequestException` for a scheduled one.
 */
export function findLiveSecret(call: OperationCall, secretId: string): Secret {
  const secret = findSecret(call, secretId);
  if (secret.deletion !== undefined) {
    throw invalidRequest("You can't perform this operation on the secret because it was marked for deletion.");
  }
  return secret;
}

/**
 * The secret whose value the caller may read or write.
 *
 * @throws ServiceError as {@link findLiveSecret}, and `InvalidRequestException` for another account's secret under the
 * default key.
 */
export function findSecretForValue(call: OperationCall, secretId: string): Secret {
  const secret = findLiveSecret(call, secretId);
  if (secret.accountId !== call.caller.accountId && secret.kmsKeyId === undefined) {
    throw invalidRequest(
      "You can't access a secret from a different AWS account if you encrypt the secret with the default KMS service key.",
    );
  }
  return secret;
}

/** Whether a deletion is over, so that the secret is no longer there. */
export function isPurged({ deletion }: Secret, now: number): boolean {
  return deletion !== undefined && deletion.purgeAt <= now;
}

function byArn({ catalog, caller }: OperationCall, arn: string): Secret | undefined {
  const [, , , region = '', accountId = '', , name = ''] = arn.split(':');
  if (region !== caller.region) return undefined;
  if (withSuffix.test(name)) return catalog.byArn(arn);
  const found = catalog.byName({ accountId, region }, name);
  return found?.arn.startsWith(`${arn}-`) === true ? found : undefined;
}
