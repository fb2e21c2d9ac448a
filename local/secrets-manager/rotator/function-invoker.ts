import { type Signer } from '../wire/authorize';
import { lambdaInvoker } from './lambda-invoker';
import { post, statusOf } from './post-event';
import { type FunctionInvoker, type RotationFunction, type RotationFunctionSource } from './rotation-function';

/** Makes an invoker of a source; only the Invoke API wants signed requests. Without a source, no function can be invoked. */
export function functionInvoker(source: RotationFunctionSource | undefined, signer: Signer): FunctionInvoker {
  if (source === undefined) return inProcess(() => undefined);
  if (typeof source === 'function') return inProcess(() => source);
  if ('lambdaEndpoint' in source) return lambdaInvoker(source, signer);
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
      const response = await post(url, { body: JSON.stringify(event), headers: {}, signal });
      if (!response.ok) throw new Error(`The rotation function answered ${response.status}.`);
    },
  };
}
