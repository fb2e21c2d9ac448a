import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  createDemoApplication,
  demoSecretName,
  removeStackFile,
  startStack,
  writeStackFile,
  type Stack,
  type StackOptions,
} from '../stack';

/** What to run, and until when. */
export interface DevStackOptions extends StackOptions {
  /** Resolves when the stack is to stop. */
  readonly stopped: Promise<void>;
}

/**
 * Runs the whole stack with an application to rotate, tells other commands where it is, and stops it in good order. A
 * worker that ends by itself is started again.
 *
 * Resolves to a sentence when a server ended unasked, else to undefined.
 */
export async function runDevStack(options: DevStackOptions): Promise<string | undefined> {
  const { home, onProgress, stopped } = options;
  const begun = startStack(options);
  const stack = await Promise.race([begun, stopped]);
  if (!stack) return stopEarly(begun);
  try {
    await addApplication(stack);
    await writeStackFile(home, stack.environment);
    for (const line of greeting(stack)) onProgress(line);
    const over = Promise.race([stack.broken, stopped.then(() => undefined)]);
    void keepWorker(stack, { over, onProgress });
    return await over;
  } finally {
    await removeStackFile(home);
    await stack.close();
  }
}

async function stopEarly(begun: Promise<Stack>): Promise<undefined> {
  await (await begun).close();
}

async function addApplication({ environment, postgres }: Stack): Promise<void> {
  Object.assign(process.env, environment); // this process is the operator's shell: its AWS client reads this
  const secretsManager = new SecretsManagerClient();
  await createDemoApplication(secretsManager, postgres);
  secretsManager.destroy();
}

async function keepWorker(
  { worker, startWorker }: Stack,
  { over, onProgress }: { over: Promise<string | undefined>; onProgress: (line: string) => void },
): Promise<void> {
  const end = over.then(() => 'over' as const);
  for (let current = worker; (await Promise.race([current.exited, end])) !== 'over';) {
    onProgress('the worker ended by itself; starting it again');
    try {
      current = await startWorker();
    } catch {
      return; // the stack is stopping, or its servers are gone, which ends it anyway
    }
  }
}

function greeting({ temporal, environment }: Stack): string[] {
  return [
    ...(temporal.uiUrl === undefined ? [] : [`Temporal's web UI: ${temporal.uiUrl}`]),
    ...Object.entries(environment).map(([name, value]) => `  export ${name}=${value}`),
    `ready: rotate the secret ${demoSecretName} with \`npx rotor rotate ${demoSecretName} --wait\`; Ctrl-C stops everything`,
  ];
}
