import { type FailureIds } from '../../rotation/errors';

/** The operations that the store uses: a role for Rotor grants `secretsmanager:<operation>` for each. */
export type Operation = 'DescribeSecret' | 'GetSecretValue' | 'PutSecretValue' | 'UpdateSecretVersionStage';

/** A call to Secrets Manager, as far as a message about its failure may tell of it. */
export interface FailedCall {
  readonly operation: Operation;
  readonly ids: FailureIds & { readonly secretId: string };
}
