import { authorize, type Signer } from '../wire/authorize';
import { post, statusOf } from './post-event';
import { type FunctionInvoker } from './rotation-function';

type Headers = Readonly<Record<string, string>>;

/** Statuses with which the Invoke API says that a function is not there or may not be called. */
const notInvocable = [401, 403, 404];

/** Invokes functions through an AWS Lambda Invoke API at an address. */
export function lambdaInvoker(
  { lambdaEndpoint }: { readonly lambdaEndpoint: string },
  signer: Signer,
): FunctionInvoker {
  const prepare = (
    functionArn: string,
    { type, body }: { type: string; body: string },
  ): { url: URL; headers: Headers } => {
    const url = new URL(`/2015-03-31/functions/${encodeURIComponent(functionArn)}/invocations`, lambdaEndpoint);
    return { url, headers: { 'x-amz-invocation-type': type, ...authorize({ url, body }, signer) } };
  };
  return {
    canInvoke: async (functionArn) => {
      const { url, headers } = prepare(functionArn, { type: 'DryRun', body: '' });
      const status = await statusOf(url.href, { method: 'POST', headers });
      return status !== undefined && !notInvocable.includes(status);
    },
    invoke: async (functionArn, { event, signal }) => {
      const body = JSON.stringify(event);
      const { url, headers } = prepare(functionArn, { type: 'RequestResponse', body });
      const response = await post(url.href, { body, headers, signal });
      const failed = response.headers.has('x-amz-function-error');
      if (!response.ok || failed) {
        throw new Error(`The rotation function ${failed ? 'failed' : `answered ${response.status}`}.`);
      }
    },
  };
}
