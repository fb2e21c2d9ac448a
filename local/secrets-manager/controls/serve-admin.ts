import { type IncomingMessage, type ServerResponse } from 'node:http';
import { invalidParameter, ServiceError } from '../service/service-error';
import { readBody } from '../wire/read-body';
import { sendError, sendResponse } from '../wire/send-answer';
import { type Controls } from './controls';
import { type Fault, faultKinds } from './faults';

type Body = Readonly<Record<string, unknown>>;
type Route = (controls: Controls, body: Body) => Body;

const routes: Readonly<Record<string, Route>> = {
  'GET calls': ({ calls }) => ({ calls: calls.list() }),
  'DELETE calls': ({ calls }) =>
    done(() => {
      calls.clear();
    }),
  'GET events': ({ events }) => ({ events: events.list() }),
  'DELETE events': ({ events }) =>
    done(() => {
      events.clear();
    }),
  'POST faults': ({ faults }, body) =>
    done(() => {
      faults.arm(readFault(body));
    }),
  'DELETE faults': ({ faults }) =>
    done(() => {
      faults.clear();
    }),
  'GET clock': ({ clock }) => ({ now: clock.now() }),
  'PUT clock': (controls, body) => setClock(controls, body),
  'DELETE clock': ({ clock }) =>
    done(() => {
      clock.reset();
    }),
};

/**
 * Serves the test controls: `calls`, `events`, `faults` and `clock` under the admin path.
 *
 * No answer holds a secret value.
 */
export async function serveAdmin(
  controls: Controls,
  { request, response, adminPath }: { request: IncomingMessage; response: ServerResponse; adminPath: string },
): Promise<void> {
  try {
    const body = parse(await readBody(request));
    const route = routes[`${request.method ?? ''} ${(request.url ?? '').slice(adminPath.length + 1)}`];
    if (route === undefined) throw invalidParameter(`The controls are ${Object.keys(routes).join(', ')}.`);
    sendResponse(response, route(controls, body));
  } catch (error) {
    sendError(response, error instanceof ServiceError ? error : invalidParameter('The request cannot be read.'));
  }
}

function parse(bytes: Buffer): Body {
  const body: unknown = bytes.length === 0 ? {} : JSON.parse(bytes.toString());
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Body;
  throw invalidParameter('The body must be a JSON object.');
}

function readFault({ kind, operation, count, ms }: Body): Fault {
  const found = faultKinds.find((known) => known === kind);
  if (found === undefined) throw invalidParameter(`The kind of a fault is one of ${faultKinds.join(', ')}.`);
  if (operation !== undefined && typeof operation !== 'string') throw invalidParameter('The operation must be a name.');
  return { kind: found, operation, count: amount(count, 'count'), ms: amount(ms, 'ms') };
}

function setClock({ clock }: Controls, { now, advanceMs, stopped }: Body): Body {
  const step = amount(advanceMs, 'advanceMs');
  const moment = typeof now === 'string' ? Date.parse(now) : amount(now, 'now');
  if (step !== undefined) clock.advance(step);
  else if (moment !== undefined && !Number.isNaN(moment)) clock.set(moment, { isStopped: stopped === true });
  else throw invalidParameter('The clock takes now, a date or milliseconds, or advanceMs.');
  return { now: clock.now() };
}

function amount(value: unknown, name: string): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw invalidParameter(`${name} must be a number that is not negative.`);
}

function done(action: () => void): Body {
  action();
  return {};
}
