import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A call as it came over the wire. */
export interface ReceivedCall {
  readonly operation: string;
  readonly members: Readonly<Record<string, unknown>>;
}

/** What to answer: a success's members, an error, a body of any kind, or nothing at all. */
export type Answer =
  | { readonly members: Readonly<Record<string, unknown>> }
  | { readonly error: string; readonly status?: number; readonly retryAfter?: string | undefined }
  | { readonly body: string; readonly status: number }
  | 'silence'
  | 'reset';

/** An endpoint that answers as it is told, for what the real ones do rarely. */
export interface StubEndpoint {
  readonly url: string;
  readonly calls: readonly ReceivedCall[];
  close(): Promise<void>;
}

/** What no message of ours may repeat. */
export const rawText = 'raw text of the service, canary-5e11';

/** Starts one that asks `answer` for each call, with the number of calls before it. */
export async function startStubEndpoint(answer: (call: ReceivedCall, index: number) => Answer): Promise<StubEndpoint> {
  const calls: ReceivedCall[] = [];
  const server = createServer((request, response) => {
    void receive(request).then((call) => {
      send(response, answer(call, calls.push(call) - 1));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return { url: `http://127.0.0.1:${port}`, calls, close };
}

async function receive(request: IncomingMessage): Promise<ReceivedCall> {
  const members = JSON.parse(await text(request)) as Record<string, unknown>;
  return { operation: String(request.headers['x-amz-target']).replace('secretsmanager.', ''), members };
}

function send(response: ServerResponse, answer: Answer): void {
  if (answer === 'silence') return;
  if (answer === 'reset') {
    response.destroy();
    return;
  }
  response.setHeader('content-type', 'application/x-amz-json-1.1');
  if ('body' in answer) response.writeHead(answer.status).end(answer.body);
  else if ('members' in answer) response.end(JSON.stringify(answer.members));
  else sendError(response, answer);
}

function sendError(response: ServerResponse, answer: Extract<Answer, { error: string }>): void {
  const { error, status = 400, retryAfter } = answer;
  if (retryAfter !== undefined) response.setHeader('retry-after', retryAfter);
  response.writeHead(status).end(JSON.stringify({ __type: error, Message: rawText }));
}
