import { ServiceError } from './service-error';

/** An error of the front door, before any operation runs: its text has a lower-case key. */
export function frontDoorError(type: string, message: string, status = 400): ServiceError {
  return new ServiceError(type, message, { status, textKey: 'message' });
}

/** The request body cannot be read as the operation's input. */
export function serializationError(message: string): ServiceError {
  return frontDoorError('SerializationException', message);
}

/** The caller is too fast, and may be told for how long to wait, in milliseconds. */
export function throttled(waitMs = 0): ServiceError {
  const answer = { status: 400, textKey: 'message' } as const;
  const asked = waitMs === 0 ? {} : { retryAfter: Math.ceil(waitMs / 1_000) };
  return new ServiceError('ThrottlingException', 'Rate exceeded', { ...answer, ...asked });
}

/** Something broke on the server's side; the request may be sent again. */
export function internalError(): ServiceError {
  return new ServiceError('InternalServiceError', 'An error occurred on the server side.', {
    status: 500,
    textKey: 'Message',
  });
}

/** The operation exists in the service and not here. */
export function notImplemented(what: string): ServiceError {
  return frontDoorError('NotImplementedException', `${what} is not implemented by this local Secrets Manager.`);
}
