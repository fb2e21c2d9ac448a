import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { defaultCredentials, defaultRegion } from '../secrets-manager';
import {
  isListening,
  scriptArguments,
  serverEnvironment,
  type SupervisedProcess,
  type Supervisor,
} from '../supervisor';
import { type StackEnvironment } from './stack-file';
import { untilReady } from './until-ready';

/** What to start, and where it keeps its state. */
export interface SecretsManagerProcessOptions {
  readonly supervisor: Supervisor;
  /** The folder of the stack; the secrets go below `secrets-manager` in it. */
  readonly home: string;
  readonly port: number;
}

/** The endpoint, running. */
export interface SecretsManagerProcess {
  readonly process: SupervisedProcess;
  /** The AWS variables that lead any AWS client to it. */
  readonly environment: StackEnvironment;
}

/**
 * Starts the local Secrets Manager endpoint as a process of its own.
 *
 * @throws StackNotStartedError
 */
export async function startSecretsManagerProcess(
  options: SecretsManagerProcessOptions,
): Promise<SecretsManagerProcess> {
  const { supervisor, home, port } = options;
  const folder = path.resolve(home, 'secrets-manager');
  await mkdir(folder, { recursive: true, mode: 0o700 });

  const logFile = path.join(folder, 'secrets-manager.log');
  const program = await supervisor.start({
    name: 'secrets-manager',
    command: process.execPath,
    args: [
      ...scriptArguments(path.join(__dirname, '../secrets-manager/main')),
      '--port',
      `${port}`,
      '--folder',
      folder,
    ],
    env: serverEnvironment({
      ROTOR_SECRETS_ACCESS_KEY_ID: defaultCredentials.accessKeyId,
      ROTOR_SECRETS_SECRET_ACCESS_KEY: defaultCredentials.secretAccessKey,
    }),
    logFile,
  });
  await untilReady({ process: program, logFile, isReady: () => isListening(port) });
  const environment = {
    AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${port}`,
    AWS_REGION: defaultRegion,
    AWS_ACCESS_KEY_ID: defaultCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: defaultCredentials.secretAccessKey,
  };
  return { process: program, environment };
}
