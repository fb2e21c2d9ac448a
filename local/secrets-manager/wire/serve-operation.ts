import { type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { type MetFaults } from '../controls/faults';
import { type Quotas } from '../controls/quotas';
import { operations, unservedOperations } from '../operations';
import { type OperationParts, runOperation } from '../run-operation';
import {
  frontDoorError,
  internalError,
  notImplemented,
  serializationError,
  throttled,
} from '../service/front-door-error';
import { type Caller, type Operation } from '../service/operation';
import { ServiceError } from '../service/service-error';
import { type AccountCredentials, authenticate } from './authenticate';
import { readBody } from './read-body';
import { sendError, sendResponse } from './send-answer';

/** What serving the operations needs. */
export interface OperationServer extends OperationParts {
  readonly accounts: readonly AccountCredentials[];
  /** Absent where quotas are not enforced. */
  readonly quotas?: Quotas | undefined;
}

interface Admitted {
  readonly operation: Operation;
  readonly caller: Caller;
  readonly body: unknown;
}

/** Serves one request of the AWS JSON 1.1 protocol. Whatever happens, it is answered, or its connection is closed. */
export async function serveOperation(
  server: OperationServer,
  http: { request: IncomingMessage; response: ServerResponse },
): Promise<void> {
  const { request, response } = http;
  try {
    const bytes = await readBody(request);
    const admitted = admit(server, { request, bytes });
    const answer = await perform(server, admitted);
    if (answer === 'dropped') request.socket.destroy();
    else sendResponse(response, answer);
  } catch (error) {
    if (response.headersSent || request.socket.destroyed) return;
    const known = error instanceof ServiceError ? error : internalError();
    if (!request.complete) response.setHeader('connection', 'close');
    sendError(response, known);
  }
}

/** The front door: signature, target, body. */
function admit(
  { accounts }: OperationServer,
  { request, bytes }: { request: IncomingMessage; bytes: Buffer },
): Admitted {
  const { method = '', url = '', headers } = request;
  if (url.split('?', 1)[0] !== '/' || method !== 'POST') throw unknownOperation();
  const flat = headers as Readonly<Record<string, string | undefined>>;
  const caller = authenticate({ method, target: url, headers: flat, body: bytes }, accounts);
  const [contentType = ''] = (headers['content-type'] ?? '').split(';');
  if (contentType.trim().toLowerCase() !== 'application/x-amz-json-1.1') throw unknownOperation();
  return { operation: findOperation(flat['x-amz-target'] ?? ''), caller, body: parseBody(bytes) };
}

function findOperation(target: string): Operation {
  const [prefix, name = '', ...more] = target.split('.');
  if (prefix !== 'secretsmanager' || more.length > 0) throw unknownOperation();
  const operation = operations.get(name);
  if (operation !== undefined) return operation;
  throw unservedOperations.has(name) ? notImplemented(`The operation ${name}`) : unknownOperation();
}

function parseBody(bytes: Buffer): unknown {
  let body: unknown;
  try {
    body = bytes.length === 0 ? {} : JSON.parse(bytes.toString());
  } catch {
    throw serializationError('The request body is not valid JSON.');
  }
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  throw serializationError('The request body is not a JSON object.');
}

async function perform(
  server: OperationServer,
  admitted: Admitted,
): Promise<Readonly<Record<string, unknown>> | 'dropped'> {
  const { controls } = server;
  const operation = admitted.operation.name;
  const note = (error?: string): void => {
    controls.calls.note({ at: controls.clock.now(), operation, body: admitted.body, error });
  };
  try {
    const met = controls.faults.meet(operation);
    await before(server, { admitted, met });
    const response = await runOperation(server, { ...admitted, hideMs: met.get('hide') });
    if (met.has('fail-after')) throw internalError();
    note();
    return met.has('drop') ? 'dropped' : response;
  } catch (error) {
    note(error instanceof ServiceError ? error.type : 'InternalServiceError');
    throw error;
  }
}

async function before(
  { quotas }: OperationServer,
  { admitted, met }: { admitted: Admitted; met: MetFaults },
): Promise<void> {
  const { operation, caller } = admitted;
  const scope = `${caller.accountId} ${caller.region}`;
  const isAdmitted = quotas?.admit(operation.name, { scope, now: performance.now() }) ?? true;
  if (!isAdmitted || met.has('throttle')) throw throttled(met.get('throttle'));
  const delayMs = met.get('delay');
  if (delayMs !== undefined) await wait(delayMs);
  if (met.has('fail-before')) throw internalError();
}

function unknownOperation(): ServiceError {
  return frontDoorError('UnknownOperationException', 'The requested operation is not known to this service.');
}
