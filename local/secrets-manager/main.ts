#!/usr/bin/env node
import {
  defaultAdminPath,
  defaultCredentials,
  type SecretsManagerOptions,
  SecretsManagerOptionsError,
} from './endpoint-options';
import { parseArguments } from './parse-arguments';
import { type SecretsManagerEndpoint, startSecretsManager } from './start-secrets-manager';

/** The program: starts an endpoint, says how to reach it, and stops it when told to. */
async function main(): Promise<void> {
  const options = parseArguments(process.argv, process.env);
  const endpoint = await startSecretsManager(options);
  const stop = (): void => {
    endpoint.close().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.once('SIGTERM', stop).once('SIGINT', stop);
  process.stdout.write(`${describe(endpoint, options)}\n`);
}

function describe({ url, credentials, region }: SecretsManagerEndpoint, options: SecretsManagerOptions): string {
  const isDefault = credentials.accessKeyId === defaultCredentials.accessKeyId;
  return [
    `listening on ${url}`,
    options.folder === undefined ? 'secrets are kept in memory only' : `secrets are kept in ${options.folder}`,
    ...(options.adminPath === undefined ? [] : [`test controls are served under ${defaultAdminPath}`]),
    'point a client at it with:',
    `  export AWS_ENDPOINT_URL_SECRETS_MANAGER=${url}`,
    `  export AWS_REGION=${region}`,
    `  export AWS_ACCESS_KEY_ID=${credentials.accessKeyId}`,
    isDefault
      ? `  export AWS_SECRET_ACCESS_KEY=${credentials.secretAccessKey}`
      : '  export AWS_SECRET_ACCESS_KEY="$ROTOR_SECRETS_SECRET_ACCESS_KEY"',
  ].join('\n');
}

function fail(error: unknown): never {
  process.stderr.write(`rotor-secrets: ${reason(error)}\n`);
  process.exit(error instanceof SecretsManagerOptionsError ? 2 : 1);
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, port, address } = error as NodeJS.ErrnoException & { port?: number; address?: string };
  if (code === 'EADDRINUSE') return `${address ?? 'the address'}:${port ?? ''} is taken by another program`;
  return error.message.replace(/\s*\n\s*/g, ' ');
}

main().catch(fail);
