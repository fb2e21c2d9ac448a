import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { type Controls, createControls } from './controls/controls';
import { Quotas } from './controls/quotas';
import { serveAdmin } from './controls/serve-admin';
import {
  checkOptions,
  defaultAccountId,
  defaultCredentials,
  defaultRegion,
  type LocalCredentials,
  type SecretsManagerOptions,
} from './endpoint-options';
import { functionInvoker } from './rotator/function-invoker';
import { RotationRunner } from './rotator/rotation-runner';
import { SecretStore } from './storage/secret-store';
import { type OperationServer, serveOperation } from './wire/serve-operation';

/** A running endpoint, and what clients need to use it. */
export interface SecretsManagerEndpoint {
  /** `http://127.0.0.1:4566` */
  readonly url: string;
  readonly port: number;
  readonly credentials: LocalCredentials;
  readonly region: string;
  /** What a test can do to it, in this process; always there. */
  readonly controls: Controls;
  /** Answers what is under way, flushes, and lets go of port and folder. Repeating it is harmless. */
  close(): Promise<void>;
}

const defaultRetryWaitsMs = [1000, 5000, 30_000, 120_000];

/**
 * Starts a local AWS Secrets Manager in this process.
 *
 * @throws SecretsManagerOptionsError for options that are refused, StorageError when the folder cannot be used or its
 * journal is damaged, and the system's error when the port is taken. Nothing is left running then.
 */
export async function startSecretsManager(options: SecretsManagerOptions = {}): Promise<SecretsManagerEndpoint> {
  checkOptions(options);
  const { credentials = defaultCredentials, region = defaultRegion, folder, encryptionKey } = options;
  const store = await SecretStore.open(folder === undefined ? undefined : { folder, encryptionKey });
  const controls = createControls(options);
  const { operationServer, runner } = assemble(options, { store, controls });
  try {
    const server = await listen(options, operationServer);
    const { port, address, family } = server.address() as AddressInfo;
    controls.clock.onChange(() => {
      runner.wake();
    });
    runner.wake();
    const url = `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
    const close = onceOnly(() => stop({ server, runner, store }));
    return { url, port, credentials, region, controls, close };
  } catch (error) {
    await store.close();
    throw error;
  }
}

function assemble(
  options: SecretsManagerOptions,
  { store, controls }: { store: SecretStore; controls: Controls },
): { operationServer: OperationServer; runner: RotationRunner } {
  const { credentials = defaultCredentials, otherAccounts = [], enforceQuotas: share } = options;
  const { region = defaultRegion } = options;
  const invoker = functionInvoker(options.rotationFunction, { ...credentials, region, service: 'lambda' });
  const runner = new RotationRunner({
    store,
    clock: controls.clock,
    invoker,
    events: controls.events,
    random: (below) => randomInt(below),
    retryWaitsMs: options.rotationRetryWaitsMs ?? defaultRetryWaitsMs,
    stepTimeoutMs: options.rotationStepTimeoutMs ?? 60_000,
  });
  const accounts = [{ accountId: defaultAccountId, ...credentials }, ...otherAccounts];
  const quotas = share === undefined ? undefined : new Quotas(share);
  const onRotationChange = (): void => {
    runner.wake();
  };
  return { operationServer: { store, controls, invoker, accounts, quotas, onRotationChange }, runner };
}

async function listen(options: SecretsManagerOptions, operationServer: OperationServer): Promise<Server> {
  const { host = '127.0.0.1', port = 0, requestTimeoutMs = 30_000, adminPath } = options;
  const limits = {
    requestTimeout: requestTimeoutMs,
    headersTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.min(1000, requestTimeoutMs),
    keepAliveTimeout: 65_000,
  };
  const server = createServer(limits, (request, response) => {
    const isAdmin = adminPath !== undefined && request.url?.startsWith(`${adminPath}/`) === true;
    const served = isAdmin
      ? serveAdmin(operationServer.controls, { request, response, adminPath })
      : serveOperation(operationServer, { request, response });
    // Both answer every error themselves; what is left is a connection that is gone.
    served.catch(() => request.socket.destroy());
  });
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}

async function stop({
  server,
  runner,
  store,
}: {
  server: Server;
  runner: RotationRunner;
  store: SecretStore;
}): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const patience = setTimeout(() => {
    server.closeAllConnections();
  }, 2000);
  await runner.close();
  await closed;
  clearTimeout(patience);
  await store.close();
}

function onceOnly(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= action());
}
