/** How an error travels: the HTTP status, and the key its text has in the body. */
export interface ErrorAnswer {
  readonly status: number;
  readonly textKey: 'Message' | 'message';
  /** How long the caller is asked to wait, in seconds. @defaultValue nothing is said */
  readonly retryAfter?: number;
}

/**
 * An error that the caller of the service is answered with.
 *
 * Modelled exceptions carry their text as `Message`, errors of the front door as `message`. The text never holds a
 * secret value.
 */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';

  constructor(
    readonly type: string,
    message: string,
    readonly answer: ErrorAnswer = { status: 400, textKey: 'Message' },
  ) {
    super(message);
  }
}

/** The state of the secret forbids the request. */
export function invalidRequest(message: string): ServiceError {
  return new ServiceError('InvalidRequestException', message);
}

/** A parameter has a bad value. */
export function invalidParameter(message: string): ServiceError {
  return new ServiceError('InvalidParameterException', message);
}

/** A secret, a version or a value is absent. */
export function notFound(message: string): ServiceError {
  return new ServiceError('ResourceNotFoundException', message);
}

/** A name or a token is taken. */
export function alreadyExists(message: string): ServiceError {
  return new ServiceError('ResourceExistsException', message);
}
