import { randomUUID } from 'node:crypto';
import { type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SecretsManagerStore } from '../../adapters/secrets-manager';
import { type EngineFor } from '../../rotation/database-engine';
import { type RotationConfiguration } from '../../rotation/rotation-request';
import { createSecret } from '../../rotation/steps/create-secret';
import { finishSecret } from '../../rotation/steps/finish-secret';
import { setSecret } from '../../rotation/steps/set-secret';
import { type StepDeps } from '../../rotation/steps/step';
import { testSecret } from '../../rotation/steps/test-secret';
import { enginesFor } from '../../worker/engine-registry';

/** The ports as a worker has them: an engine for each step. */
export function realDeps(client: SecretsManagerClient): StepDeps {
  const engineFor: EngineFor = (name, tls) => enginesFor(new AbortController().signal)(name, tls);
  return { store: new SecretsManagerStore({ client }), engineFor };
}

/** Rotates by calling the steps one after another in this process: nothing is remembered if it dies. */
export async function rotateInProcess(
  deps: StepDeps,
  { name, configuration }: { name: string; configuration: RotationConfiguration },
): Promise<void> {
  const { arn: secretId } = await deps.store.describe(name);
  const request = { secretId, clientRequestToken: randomUUID(), configuration };
  const { currentVersionId } = await createSecret(deps, request);
  const rotation = { ...request, currentVersionId };
  await setSecret(deps, rotation);
  await testSecret(deps, rotation);
  await finishSecret(deps, rotation);
}

/** How often the two ports were called. */
export interface PortCalls {
  store: number;
  engine: number;
}

/** The same ports, which count in `calls`. Checks that ask nobody are not counted. */
export function counted({ store, engineFor }: StepDeps, calls: PortCalls): StepDeps {
  const countedEngineFor: EngineFor = (name, tls) =>
    counting(engineFor(name, tls), (member) => {
      if (member !== 'validate') calls.engine += 1;
    });
  return { store: counting(store, () => (calls.store += 1)), engineFor: countedEngineFor };
}

function counting<Port extends object>(port: Port, onCall: (member: string | symbol) => void): Port {
  return new Proxy(port, {
    get: (target, member) => {
      const value: unknown = Reflect.get(target, member);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        onCall(member);
        return Reflect.apply(value, target, args);
      };
    },
  });
}
