import { signRequest } from '../wire/sign-request';
import { post, statusOf } from './post-event';
import { type FunctionInvoker } from './rotation-function';

/** Whose key, and for which Region, calls of the Invoke API are signed with. */
export interface Signer {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}

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
    return { url, headers: { 'x-amz-invocation-type': type, ...sign({ url, body }, signer) } };
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

function sign({ url, body }: { url: URL; body: string }, { accessKeyId, secretAccessKey, region }: Signer): Headers {
  const timestamp = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const day = timestamp.slice(0, 8);
  const headers = { host: url.host, 'x-amz-date': timestamp };
  const signedHeaders = ['host', 'x-amz-date'];
  const request = { method: 'POST', target: url.pathname, headers, body: Buffer.from(body) };
  const signature = signRequest(request, { secretAccessKey, day, region, service: 'lambda', signedHeaders, timestamp });
  const credential = `Credential=${accessKeyId}/${day}/${region}/lambda/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`;
  return { 'x-amz-date': timestamp, authorization };
}
