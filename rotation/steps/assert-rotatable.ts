import { RotationInProgressError, SecretNotRotatableError } from '../errors';
import { type SecretDescription } from '../secret-store';
import { foreignPending } from '../staging-labels';

/**
 * Checks that a secret's state permits the rotation `clientRequestToken`.
 *
 * @throws SecretNotRotatableError when the secret waits for deletion or is rotated by AWS.
 * @throws RotationInProgressError when another rotation's AWSPENDING stands in the way.
 */
export function assertRotatable(secret: SecretDescription, clientRequestToken: string): void {
  const refusal = whyNot(secret);
  if (refusal !== undefined) throw new SecretNotRotatableError(refusal, { secretId: secret.arn });

  const other = foreignPending(secret.labels, clientRequestToken);
  if (other !== undefined) {
    throw new RotationInProgressError(
      `Another rotation is not over: version ${other} holds AWSPENDING. If nothing works on it any more, go on with it ` +
        'by `rotor resume --pending`, or take the label off by `rotor discard`.',
      { secretId: secret.arn, versionId: other },
    );
  }
}

function whyNot({ deleted, owningService, rotatedByAws }: SecretDescription): string | undefined {
  if (deleted) return 'The secret is scheduled for deletion. Restore it before rotating it.';
  if (owningService !== undefined) return `The secret is rotated by its owner, ${owningService}. Leave it to it.`;
  if (rotatedByAws) {
    return "Secrets Manager's own rotation is switched on for the secret. Switch it off (cancel-rotate-secret) first.";
  }
  return undefined;
}
