import { randomUUID } from 'node:crypto';
import { type ServerResponse } from 'node:http';
import { type ServiceError } from '../service/service-error';

const contentType = 'application/x-amz-json-1.1';

/** Sends an operation's response. Members without a value are left out. */
export function sendResponse(to: ServerResponse, response: Readonly<Record<string, unknown>>): void {
  send(to, { status: 200, headers: {}, body: response });
}

/** Sends an error, its type both in the body and in a header, as the service does. */
export function sendError(to: ServerResponse, { type, message, answer }: ServiceError): void {
  const body = { __type: type, [answer.textKey]: message };
  const asked = answer.retryAfter === undefined ? {} : { 'retry-after': String(answer.retryAfter) };
  send(to, { status: answer.status, headers: { 'x-amzn-errortype': type, ...asked }, body });
}

function send(
  to: ServerResponse,
  { status, headers, body }: { status: number; headers: Readonly<Record<string, string>>; body: unknown },
): void {
  const text = Buffer.from(JSON.stringify(body));
  to.writeHead(status, {
    ...headers,
    'content-type': contentType,
    'content-length': text.length,
    'x-amzn-requestid': randomUUID(),
  });
  to.end(text);
}
