import {
  ConfigurationInvalidError,
  RotationError,
  SecretNotFoundError,
  StoreAccessDeniedError,
  StoreRequestRefusedError,
  StoreThrottledError,
  StoreUnavailableError,
} from '../../rotation/errors';
import { retryAfterMs } from '../http/retry-after';
import { type FailedCall } from './failed-call';
import { failedEndpoint } from './failed-endpoint';

/** What the SDK's errors tell besides a text: its text is never passed on, for it may quote the request. */
interface SdkFailure {
  readonly name: string;
  readonly code: string | undefined;
  readonly status: number | undefined;
  readonly endpoint: string;
  readonly retryAfterMs: number | undefined;
}

type Meaning = (call: FailedCall, failure: SdkFailure) => RotationError;

/**
 * What a failure of the SDK means to a rotation. Errors of the domain are passed on as they are.
 *
 * The class follows the error's name, then the HTTP status, then the absence of any answer.
 */
export function classifyError(error: unknown, call: FailedCall): RotationError {
  if (error instanceof RotationError) return error;
  const failure = describeFailure(error);
  return meaningOf(failure)({ ...call, ids: { ...call.ids, code: failure.code ?? failure.name } }, failure);
}

function describeFailure(error: unknown): SdkFailure {
  const { name, code, $metadata, $response } = Object(error) as Record<string, unknown>;
  const { httpStatusCode } = Object($metadata) as Record<string, unknown>;
  const { headers } = Object($response) as Record<string, unknown>;
  const { 'retry-after': retryAfter } = Object(headers) as Record<string, unknown>;
  return {
    name: typeof name === 'string' ? name : 'unknown',
    code: typeof code === 'string' ? code : undefined,
    status: typeof httpStatusCode === 'number' ? httpStatusCode : undefined,
    endpoint: failedEndpoint(error) ?? 'the Secrets Manager endpoint',
    retryAfterMs: typeof retryAfter === 'string' ? retryAfterMs(retryAfter, new Date()) : undefined,
  };
}

function meaningOf({ name, code, status }: SdkFailure): Meaning {
  if (Object.hasOwn(byName, name)) return byName[name] ?? unreachable;
  if (code === 'ERR_INVALID_URL') return badEndpoint;
  if (status === undefined) return unreachable;
  if (status === 401 || status === 403) return accessDenied;
  if (status === 429) return throttled;
  return status >= 400 && status < 500 ? refused : internalError;
}

const notFound: Meaning = ({ ids }) =>
  new SecretNotFoundError(
    `Secrets Manager has no secret "${ids.secretId}" in this account and region. Check the name, AWS_REGION and the ` +
      'credentials.',
    ids,
  );

const accessDenied: Meaning = ({ operation, ids }) =>
  new StoreAccessDeniedError(
    `Rotor's AWS credentials do not permit the call. Grant them secretsmanager:${operation} on "${ids.secretId}", ` +
      'and kms:Decrypt and kms:GenerateDataKey on its key where it has one of its own.',
    ids,
  );

const badCredentials: Meaning = ({ operation, ids }) =>
  new StoreAccessDeniedError(
    `Secrets Manager does not accept Rotor's AWS credentials (${ids.code ?? ''}), so ${operation} on ` +
      `"${ids.secretId}" was refused. Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or the ` +
      "profile or role, and this machine's clock.",
    ids,
  );

/** Also where the host's or the container's agent, or STS, is not there for a moment: nobody need act then. */
const noCredentials: Meaning = ({ operation, ids }) =>
  new StoreUnavailableError(
    `No AWS credentials were found for ${operation} on "${ids.secretId}" (${ids.code ?? ''}). If it stays so, set ` +
      'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run where a role provides them.',
    ids,
  );

/** The SDK gets others in time, where anything provides them. */
const expiredCredentials: Meaning = ({ operation, ids }) =>
  new StoreUnavailableError(
    `Rotor's AWS credentials have expired (${ids.code ?? ''}), so ${operation} on "${ids.secretId}" was refused. If it ` +
      "stays so, renew AWS_SESSION_TOKEN, or check the profile or role, and this machine's clock.",
    ids,
  );

const badEndpoint: Meaning = ({ ids }) =>
  new ConfigurationInvalidError(
    'The endpoint of Secrets Manager is not a URL. Correct AWS_ENDPOINT_URL_SECRETS_MANAGER or AWS_ENDPOINT_URL.',
    ids,
  );

const stateForbids: Meaning = ({ operation, ids }) =>
  new StoreRequestRefusedError(
    `The state of secret "${ids.secretId}" forbids ${operation}. See with describe-secret whether it is scheduled ` +
      'for deletion, or belongs to another account and is encrypted with the default key.',
    ids,
  );

const refused: Meaning = ({ operation, ids }) =>
  new StoreRequestRefusedError(
    `Secrets Manager refuses ${operation} on "${ids.secretId}" as invalid (${ids.code ?? ''}). Check the secret's ` +
      'name and the version ids.',
    ids,
  );

const tooMany: Meaning = ({ ids }) =>
  new StoreRequestRefusedError(
    `Secret "${ids.secretId}" has too many versions or labels. Versions go a day after they lost their last label: ` +
      'rotate less often, or remove labels that nobody needs.',
    ids,
  );

const keyUnusable: Meaning = ({ operation, ids }) =>
  new StoreRequestRefusedError(
    `The KMS key of secret "${ids.secretId}" cannot be used for ${operation}. Check that it exists and is enabled, ` +
      "and that Rotor's role may use it.",
    ids,
  );

const throttled: Meaning = ({ operation, ids }, { retryAfterMs: askedMs }) =>
  new StoreThrottledError(
    `Secrets Manager asks to slow down (${operation} on "${ids.secretId}"). Where it goes on, spread the rotations ` +
      'over more time: a region takes 50 writes a second.',
    ids,
    askedMs,
  );

const internalError: Meaning = ({ operation, ids }, { endpoint, status, retryAfterMs: askedMs }) =>
  new StoreUnavailableError(
    `${endpoint} answers ${operation} on "${ids.secretId}" with a failure of its own (HTTP ${status ?? 500}). Where it ` +
      'goes on, check that Secrets Manager is what answers there.',
    ids,
    askedMs,
  );

const unreachable: Meaning = ({ operation, ids }, { endpoint }) =>
  new StoreUnavailableError(
    `No answer from ${endpoint} to ${operation} on "${ids.secretId}" (${ids.code ?? ''}). Check the network, ` +
      'AWS_REGION and AWS_ENDPOINT_URL.',
    ids,
  );

const byName: Readonly<Record<string, Meaning>> = Object.freeze({
  ResourceNotFoundException: notFound,
  AccessDenied: accessDenied,
  AccessDeniedException: accessDenied,
  UnauthorizedOperation: accessDenied,
  ExpiredToken: expiredCredentials,
  ExpiredTokenException: expiredCredentials,
  RequestExpired: expiredCredentials,
  IncompleteSignature: badCredentials,
  IncompleteSignatureException: badCredentials,
  InvalidClientTokenId: badCredentials,
  InvalidSignatureException: badCredentials,
  MissingAuthenticationToken: badCredentials,
  MissingAuthenticationTokenException: badCredentials,
  SignatureDoesNotMatch: badCredentials,
  UnrecognizedClientException: badCredentials,
  CredentialsProviderError: noCredentials,
  IDPCommunicationError: noCredentials,
  IDPCommunicationErrorException: noCredentials,
  InvalidIdentityToken: noCredentials,
  InvalidIdentityTokenException: noCredentials,
  ProviderError: noCredentials,
  TokenProviderError: noCredentials,
  InvalidParameterException: refused,
  ResourceExistsException: refused,
  ValidationException: refused,
  InvalidRequestException: stateForbids,
  LimitExceededException: tooMany,
  DecryptionFailure: keyUnusable,
  EncryptionFailure: keyUnusable,
  RequestLimitExceeded: throttled,
  SlowDown: throttled,
  Throttling: throttled,
  ThrottlingException: throttled,
  TooManyRequestsException: throttled,
  InternalFailure: internalError,
  InternalServiceError: internalError,
  ServiceUnavailable: internalError,
  ServiceUnavailableException: internalError,
});
