import { randomUUID } from 'node:crypto';
import {
  MalformedSecretError,
  SecretNotFoundError,
  SignInRefusedError,
  StoreUnavailableError,
  TargetUnavailableError,
} from '../../../rotation/errors';
import { discardPending } from '../../../rotation/steps/discard-pending';
import { RotationWorld } from '../../support/rotation-world';
import { secretText } from '../../support/secret-text';

let world: RotationWorld;

beforeEach(async () => {
  world = new RotationWorld();
  await world.storePending();
});

const run = (): ReturnType<typeof discardPending> => discardPending(world.deps, world.rotation);
const discarded = (): Record<string, string[]> => ({ [world.first]: ['AWSCURRENT'] });
const kept = (): Record<string, string[]> => ({ ...discarded(), [world.token]: ['AWSPENDING'] });

describe('the first run', () => {
  it('takes AWSPENDING off the version once the current password has signed in', async () => {
    const outcome = await run();

    expect(outcome).toEqual({ changed: true });
    expect(world.labels).toEqual(discarded());
    expect(world.database.calls).toEqual(['canSignIn', 'verifyCredential', 'endStrays', 'verifyCredential']);
  });

  it('keeps AWSPENDING where the current password is refused: the pending one may be the only one that works', async () => {
    world.setPassword('second-password');

    await expect(run()).rejects.toThrow(SignInRefusedError);
    expect(world.labels).toEqual(kept());
  });

  it('keeps AWSPENDING where the server cannot be asked', async () => {
    world.database.removeServer(world.server);

    await expect(run()).rejects.toThrow(TargetUnavailableError);
    expect(world.labels).toEqual(kept());
  });

  it('keeps AWSPENDING where the current version cannot be understood', async () => {
    world.store.overwrite({ secretId: world.secretId, versionId: world.first, text: 'not JSON' });

    await expect(run()).rejects.toThrow(MalformedSecretError);
    expect(world.labels).toEqual(kept());
  });

  it('asks for the value that somebody stored meanwhile, not for the one that was current at the start', async () => {
    world.store.putByHand({ secretId: world.secretId, text: secretText({ password: 'by hand' }) });

    await expect(run()).rejects.toThrow(SignInRefusedError);

    world.setPassword('by hand');
    await expect(run()).resolves.toEqual({ changed: true });
  });
});

describe('another run', () => {
  it('changes nothing', async () => {
    await run();

    await expect(run()).resolves.toEqual({ changed: false });
    expect(world.labels).toEqual(discarded());
  });

  it('finds what a run took off whose answer was lost', async () => {
    world.store.failNext('removePending', new StoreUnavailableError('lost'), 'after');
    await expect(run()).rejects.toThrow(StoreUnavailableError);

    await expect(run()).resolves.toEqual({ changed: false });
    expect(world.labels).toEqual(discarded());
  });

  it('takes off what a run did not that failed before', async () => {
    world.store.failNext('removePending', new StoreUnavailableError('lost'), 'before');
    await expect(run()).rejects.toThrow(StoreUnavailableError);

    await expect(run()).resolves.toEqual({ changed: true });
    expect(world.labels).toEqual(discarded());
  });
});

describe('a wrong version', () => {
  it('keeps its label: another rotation’s is none of ours', async () => {
    const other = randomUUID();
    world.store.label(world.secretId, { label: 'AWSPENDING', versionId: undefined });
    world.store.createEmptyPending({ secretId: world.secretId, versionId: other });

    await expect(run()).resolves.toEqual({ changed: false });
    expect(world.labels).toEqual({ ...discarded(), [other]: ['AWSPENDING'] });
  });

  it('keeps its labels once it was promoted', async () => {
    await world.store.moveCurrent({ secretId: world.secretId, from: world.first, to: world.token });
    const before = world.labels;

    await expect(run()).resolves.toEqual({ changed: false });
    expect(world.labels).toEqual(before);
    expect(world.database.calls).toEqual([]);
  });
});

describe('a missing version', () => {
  it('of the rotation means that createSecret never stored one: nothing is asked of the database', async () => {
    world.store.label(world.secretId, { label: 'AWSPENDING', versionId: undefined });
    world.rotation = { ...world.rotation, clientRequestToken: randomUUID() };
    world.database.removeServer(world.server);

    await expect(run()).resolves.toEqual({ changed: false });
  });

  it('under AWSCURRENT leaves the pending one its label', async () => {
    world.store.label(world.secretId, { label: 'AWSCURRENT', versionId: undefined });

    await expect(run()).rejects.toThrow(SecretNotFoundError);
    expect(world.labels).toEqual({ [world.token]: ['AWSPENDING'] });
  });
});

it('finds a label that the description does not show yet', async () => {
  const label = (versionId: string | undefined) => () => {
    world.store.label(world.secretId, { label: 'AWSPENDING', versionId });
  };
  world.store.interruptNext('describe', 'before', label(undefined));
  world.store.interruptNext('describe', 'after', label(world.token));

  await expect(run()).resolves.toEqual({ changed: true });
  expect(world.labels).toEqual(discarded());
});
