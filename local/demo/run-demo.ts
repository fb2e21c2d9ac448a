import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  connectRotationClient,
  defaultTaskQueue,
  type RotationClient,
  type RotationDescription,
  type RotationProgress,
} from '../../client';
import { createDemoApplication, demoSecretName, readDemoSecret, startFreshStack } from '../stack';
import { startConsumer, type Consumer } from './consumer';
import { evidenceOf, type DemoEvidence } from './evidence';

/** Where the demo reports, and what it runs in. */
export interface DemoOptions {
  /** The folder of the demo's state, made anew at each start. */
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onProgress: (line: string) => void;
  readonly onRotation: (progress: RotationProgress) => void;
}

/**
 * Starts everything on this machine, rotates the password of a real database user under a working application, and
 * gathers the evidence. Stops everything again, whatever happens.
 */
export async function runDemo(options: DemoOptions): Promise<DemoEvidence> {
  const stack = await startFreshStack(options);
  Object.assign(process.env, stack.environment); // this process is the operator's shell: its AWS client reads this
  const secretsManager = new SecretsManagerClient();
  const connected = await connectRotationClient({
    temporal: { address: stack.temporal.address },
    namespace: stack.temporal.namespace,
    taskQueue: defaultTaskQueue,
  });
  try {
    await createDemoApplication(secretsManager, stack.postgres);
    options.onProgress(`database "demo" with user "demo_app", and secret ${demoSecretName}, are there`);
    return await rotateUnderLoad({ ...options, secretsManager, client: connected.client });
  } finally {
    await connected.close();
    secretsManager.destroy();
    await stack.close();
  }
}

interface RotationUnderLoad extends DemoOptions {
  readonly secretsManager: SecretsManagerClient;
  readonly client: RotationClient;
}

async function rotateUnderLoad(options: RotationUnderLoad): Promise<DemoEvidence> {
  const { secretsManager, client, onProgress } = options;
  const consumer = startConsumer(secretsManager);
  try {
    await consumer.nextSuccess();
    onProgress('consumer reads the secret and writes to the table, again and again');
    const [before, old] = [await client.describe(demoSecretName), await readDemoSecret(secretsManager)];
    const after = await rotate(options, consumer);
    return await evidenceOf({ before, after, old, current: await readDemoSecret(secretsManager), consumer });
  } finally {
    await consumer.stop();
  }
}

async function rotate(
  { client, onProgress, onRotation }: RotationUnderLoad,
  consumer: Consumer,
): Promise<RotationDescription> {
  consumer.startCounting();
  const rotation = await client.rotateSecret({
    secretId: demoSecretName,
    rotationRules: { automaticallyAfterDays: 30 },
  });
  onProgress('schedule: every 30 days, at a random hour and minute');
  onProgress(`rotating by hand, token ${rotation.versionId}`);
  for await (const progress of client.follow(rotation)) onRotation(progress);
  await client.outcome(rotation);
  await consumer.nextSuccess();
  return client.describe(demoSecretName);
}
