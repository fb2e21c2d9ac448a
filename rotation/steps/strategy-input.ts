import { SecretNotFoundError } from '../errors';
import { type RotationRequest } from '../rotation-request';
import { SecretValue, type ConnectionSecret } from '../secret-value';
import { strategyFor } from '../strategies/registry';
import { type RotationStrategy, type StrategyFacts } from '../strategies/rotation-strategy';
import { readPrevious } from './read-credentials';
import { type StepDeps } from './step';

/** How a secret is rotated, and what that needs to know; other secrets are read only when they are asked for. */
export interface ChosenStrategy {
  readonly strategy: RotationStrategy;
  readonly input: StrategyFacts;
}

/** Chooses the strategy and the engine for a rotation of this credential. */
export function chooseStrategy(
  { store, engineFor }: StepDeps,
  { request, current }: { request: Pick<RotationRequest, 'secretId' | 'configuration'>; current: ConnectionSecret },
): ChosenStrategy {
  const { secretId, configuration } = request;
  const strategy = strategyFor(configuration, current);
  const namedInSecret = strategy.name === 'alternating-users' ? current.masterarn : undefined;
  const superuserId = configuration.superuserSecretId ?? namedInSecret;
  const superuser = once(() => readSuperuser(store, { superuserId, served: current }));
  const engine = engineFor(current.engine, configuration.tls);
  return { strategy, input: { engine, current, superuser, previous: once(() => readPrevious(store, secretId)) } };
}

async function readSuperuser(
  store: StepDeps['store'],
  { superuserId, served }: { superuserId: string | undefined; served: ConnectionSecret },
): Promise<ConnectionSecret | undefined> {
  if (superuserId === undefined) return undefined;
  const version = await store.readLabel({ secretId: superuserId, label: 'AWSCURRENT' });
  if (version) return SecretValue.parseSuperuser(version.text, served);
  throw new SecretNotFoundError(`The superuser's secret ${superuserId} has no value. Store its credential first.`, {
    secretId: superuserId,
  });
}

function once<Value>(read: () => Promise<Value>): () => Promise<Value> {
  let value: Promise<Value> | undefined;
  return () => (value ??= read());
}
