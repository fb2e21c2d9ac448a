import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { defaultCredentials, defaultRegion, type LocalCredentials } from '../../local/secrets-manager';
import { untilReady } from '../../local/stack/until-ready';
import {
  isListening,
  scriptArguments,
  serverEnvironment,
  type SupervisedProcess,
  type Supervisor,
} from '../../local/supervisor';

/** Where the endpoint is, and what it lets in. */
export interface EndpointAddress {
  readonly port: number;
  readonly url: string;
  readonly region: string;
  readonly credentials: LocalCredentials;
  /** The AWS variables that lead any AWS client to it. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The address of an endpoint on the loopback address. */
export function endpointAt(port: number): EndpointAddress {
  const { accessKeyId, secretAccessKey } = defaultCredentials;
  const url = `http://127.0.0.1:${port}`;
  const environment = {
    AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
    AWS_REGION: defaultRegion,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  };
  return { port, url, region: defaultRegion, credentials: defaultCredentials, environment };
}

/** Starts the local Secrets Manager as a process of its own, with further arguments; it keeps its secrets in the home. */
export async function startEndpoint(options: {
  supervisor: Supervisor;
  home: string;
  port: number;
  args: readonly string[];
}): Promise<SupervisedProcess> {
  const { supervisor, home, port, args } = options;
  const folder = path.join(home, 'secrets-manager');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const logFile = path.join(folder, 'secrets-manager.log');
  const script = scriptArguments(path.join(__dirname, '../../local/secrets-manager/main'));
  const endpoint = await supervisor.start({
    name: 'endpoint',
    command: process.execPath,
    args: [...script, '--port', `${port}`, '--folder', folder, ...args],
    env: serverEnvironment(),
    logFile,
  });
  await untilReady({ process: endpoint, logFile, isReady: () => isListening(port) });
  return endpoint;
}
