import { type FunctionInvoker, type RotationFunction, type RotationFunctionSource } from './rotation-function';

const probeMs = 5000;

/** Statuses with which the Invoke API says that a function is not there or may not be called. */
const notInvocable = [401, 403, 404];

/** Makes an invoker of a source. Without a source, no function can be invoked. */
export function functionInvoker(source: RotationFunctionSource | undefined): FunctionInvoker {
  if (source === undefined) return inProcess(() => undefined);
  if (typeof source === 'function') return inProcess(() => source);
  if ('lambdaEndpoint' in source) return throughLambda(source.lambdaEndpoint);
  return 'url' in source ? throughHttp(source.url) : inProcess((functionArn) => source.get(functionArn));
}

function inProcess(find: (functionArn: string) => RotationFunction | undefined): FunctionInvoker {
  return {
    canInvoke: (functionArn) => Promise.resolve(find(functionArn) !== undefined),
    invoke: async (functionArn, { event }) => {
      const found = find(functionArn);
      if (found === undefined) throw new Error('The rotation function is not there.');
      await found(event);
    },
  };
}

function throughHttp(url: string): FunctionInvoker {
  return {
    /** Any answer at all will do: a plain address has no way to ask without acting. */
    canInvoke: async () => (await statusOf(url, { method: 'HEAD' })) !== undefined,
    invoke: async (_functionArn, { event, signal }) => {
      const response = await post(url, { body: event, headers: {}, signal });
      if (!response.ok) throw new Error(`The rotation function answered ${response.status}.`);
    },
  };
}

function throughLambda(endpoint: string): FunctionInvoker {
  const address = (functionArn: string): string =>
    new URL(`/2015-03-31/functions/${encodeURIComponent(functionArn)}/invocations`, endpoint).href;
  return {
    canInvoke: async (functionArn) => {
      const headers = { 'x-amz-invocation-type': 'DryRun' };
      const status = await statusOf(address(functionArn), { method: 'POST', headers });
      return status !== undefined && !notInvocable.includes(status);
    },
    invoke: async (functionArn, { event, signal }) => {
      const headers = { 'x-amz-invocation-type': 'RequestResponse' };
      const response = await post(address(functionArn), { body: event, headers, signal });
      const failed = response.headers.has('x-amz-function-error');
      if (!response.ok || failed)
        throw new Error(`The rotation function ${failed ? 'failed' : `answered ${response.status}`}.`);
    },
  };
}

async function post(
  url: string,
  { body, headers, signal }: { body: unknown; headers: Readonly<Record<string, string>>; signal: AbortSignal },
): Promise<Response> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal,
  });
  await response.arrayBuffer();
  return response;
}

async function statusOf(url: string, request: RequestInit): Promise<number | undefined> {
  try {
    const response = await fetch(url, { ...request, signal: AbortSignal.timeout(probeMs) });
    await response.arrayBuffer();
    return response.status;
  } catch {
    return undefined;
  }
}
