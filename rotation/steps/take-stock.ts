import { AccountBlockedError, RotationError } from '../errors';
import { type RotationRequest } from '../rotation-request';
import { isSameTarget } from '../same-target';
import { type SecretVersion } from '../secret-store';
import { type ConnectionSecret } from '../secret-value';
import { readable } from './read-credentials';
import { type StepDeps } from './step';

/**
 * What the target says to a credential: `blocked` where the user may not sign in by any password, `unknown` where the
 * target was not, or could not be, asked.
 */
export type Acceptance = 'accepted' | 'refused' | 'blocked' | 'unknown';

/** One version that matters to a rotation. */
export interface StockedVersion {
  readonly versionId: string;
  readonly labels: readonly string[];
  readonly signsIn: Acceptance;
}

/** What is true of a secret and its target; holds ids, and never a value. */
export interface Stock {
  readonly current?: StockedVersion;
  /** The version of the rotation, with its label or without. */
  readonly pending?: StockedVersion;
  readonly previous?: StockedVersion;
}

/**
 * Finds which versions of a secret the target accepts. Changes nothing. A target that cannot be asked is a fact here, and
 * so is a version that names another target than the current one, at which nobody signs in.
 *
 * @throws SecretNotFoundError and whatever else the store throws.
 */
export async function takeStock(deps: StepDeps, request: RotationRequest): Promise<Stock> {
  const { store } = deps;
  const { secretId, clientRequestToken } = request;
  const [current, pending, previous] = await Promise.all([
    store.readLabel({ secretId, label: 'AWSCURRENT' }),
    store.readVersion({ secretId, versionId: clientRequestToken }),
    store.readLabel({ secretId, label: 'AWSPREVIOUS' }),
  ]);
  const target = current && readable(current);
  const stocked = async (version: SecretVersion): Promise<StockedVersion> => {
    const { versionId, labels } = version;
    return { versionId, labels, signsIn: await acceptance(deps, { request, version, target }) };
  };
  return {
    ...(current ? { current: await stocked(current) } : {}),
    ...(pending ? { pending: await stocked(pending) } : {}),
    ...(previous ? { previous: await stocked(previous) } : {}),
  };
}

async function acceptance(
  { engineFor }: StepDeps,
  asked: { request: RotationRequest; version: SecretVersion; target: ConnectionSecret | undefined },
): Promise<Acceptance> {
  const credential = readable(asked.version);
  if (!credential || !asked.target || !isSameTarget(asked.target, credential)) return 'unknown';
  try {
    const engine = engineFor(credential.engine, asked.request.configuration.tls);
    return (await engine.canSignIn(credential)) ? 'accepted' : 'refused';
  } catch (err) {
    if (err instanceof AccountBlockedError) return 'blocked';
    if (err instanceof RotationError) return 'unknown';
    throw err;
  }
}
