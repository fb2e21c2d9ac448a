import { hostname, userInfo } from 'node:os';
import path from 'node:path';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { defaultTaskQueue, type ConnectOptions } from '../client';
import { runningStack } from '../local/stack';

/** Variables that say where to work; with one of them set, a stack on this machine is not looked for. */
const addresses = [
  'TEMPORAL_ADDRESS',
  'TEMPORAL_PROFILE',
  'TEMPORAL_CONFIG_FILE',
  'AWS_ENDPOINT_URL',
  'AWS_ENDPOINT_URL_SECRETS_MANAGER',
];

/** The folder of the stack that `rotor dev` keeps: `ROTOR_HOME`, else `.rotor` here. */
export function rotorHome(): string {
  return path.resolve(process.env.ROTOR_HOME ?? '.rotor');
}

/** Lets the stack that `rotor dev` runs from {@link rotorHome} be the environment, where that names no address. */
export async function useDevStack(): Promise<void> {
  if (!addresses.some(isSet)) Object.assign(process.env, await runningStack(rotorHome()));
}

/** Where this command works: as the environment says (`TEMPORAL_*`, `AWS_*`, `ROTOR_TASK_QUEUE`), else the dev stack. */
export async function connectOptions(): Promise<ConnectOptions> {
  await useDevStack();
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const taskQueue = process.env.ROTOR_TASK_QUEUE ?? defaultTaskQueue;
  return { temporal: connectionOptions, namespace, taskQueue, identity: `${userName()}@${hostname()}` };
}

/** The user of this process; its number where the system knows no name for it, as in many containers. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.());
  }
}

function isSet(name: string): boolean {
  return (process.env[name] ?? '') !== '';
}
