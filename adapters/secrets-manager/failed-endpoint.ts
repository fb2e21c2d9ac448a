import { type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

const endpoints = new WeakMap<object, string>();

/** Where the call that ended in this error went, if it was made through a client of {@link rememberEndpoints}. */
export function failedEndpoint(error: unknown): string | undefined {
  return isObject(error) ? endpoints.get(error) : undefined;
}

/**
 * Makes a client note, for each failed call, the address that it went to.
 *
 * The SDK works the address out for each call from the environment, profiles and its rules, and names it neither in
 * its configuration nor in a timeout's error.
 */
export function rememberEndpoints(client: SecretsManagerClient): void {
  client.middlewareStack.add(
    (next) => async (call) => {
      try {
        return await next(call);
      } catch (err) {
        const endpoint = addressOf(call.request);
        if (isObject(err) && endpoint !== undefined) endpoints.set(err, endpoint);
        throw err;
      }
    },
    { name: 'rememberEndpoints', step: 'build' },
  );
}

function addressOf(request: unknown): string | undefined {
  const { protocol, hostname, port } = Object(request) as Record<string, unknown>;
  if (typeof protocol !== 'string' || typeof hostname !== 'string') return undefined;
  return `${protocol}//${hostname}${typeof port === 'number' ? `:${port}` : ''}`;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
