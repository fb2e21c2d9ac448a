import {
  type RotationError,
  SignInRefusedError,
  StoreAccessDeniedError,
  StoreRequestRefusedError,
  StoreUnavailableError,
} from '../../../rotation/errors';
import { createSecret } from '../../../rotation/steps/create-secret';
import { discardPending } from '../../../rotation/steps/discard-pending';
import { RotationWorld } from '../../support/rotation-world';

let world: RotationWorld;

beforeEach(() => {
  world = new RotationWorld();
});

const run = (): ReturnType<typeof discardPending> =>
  discardPending(world.deps, { ...world.rotation, mayStillBeStored: true });
const asBefore = (): Record<string, string[]> => ({ [world.first]: ['AWSCURRENT'] });
const stored = (): string | undefined => world.store.textOf({ secretId: world.secretId, versionId: world.token });
const putLate = (): Promise<void> => world.storePending();

/** What an attempt of createSecret that was given up does, from its beginning to its end. */
async function createLate(): Promise<void> {
  await createSecret(world.deps, world.rotation).catch(() => undefined);
}

describe('the first run', () => {
  it('closes the token to an attempt that stores its version later, and asks nothing of the database', async () => {
    await expect(run()).resolves.toEqual({ changed: false });
    expect(world.database.calls).toEqual([]);

    await putLate();

    expect(world.labels).toEqual(asBefore());
    expect(stored()).toBe('{}');
  });

  it('leaves nothing to do to an attempt that has not begun', async () => {
    await run();

    await createLate();

    expect(world.labels).toEqual(asBefore());
    expect(stored()).toBe('{}');
  });

  it('takes AWSPENDING off a version that was stored before, and closes nothing', async () => {
    await putLate();

    await expect(run()).resolves.toEqual({ changed: true });
    expect(world.labels).toEqual(asBefore());
    expect(world.store.calls).not.toContain('closeToken');
  });

  it('leaves a version alone that was promoted', async () => {
    await putLate();
    await world.store.moveCurrent({ secretId: world.secretId, from: world.first, to: world.token });
    const before = world.labels;

    await expect(run()).resolves.toEqual({ changed: false });
    expect(world.labels).toEqual(before);
    expect(world.store.calls).not.toContain('closeToken');
  });

  it('leaves a secret alone that waits for its deletion: nothing can be stored in it', async () => {
    world.store.setState(world.secretId, { deleted: true });

    await expect(run()).resolves.toEqual({ changed: false });
    expect(world.store.calls).toEqual(['describe']);
  });

  it('leaves the token open where no attempt is left', async () => {
    await discardPending(world.deps, world.rotation);

    expect(stored()).toBeUndefined();
    expect(world.store.calls).not.toContain('closeToken');
  });
});

describe('another run', () => {
  it('changes nothing', async () => {
    await run();

    await expect(run()).resolves.toEqual({ changed: false });
    expect(world.labels).toEqual(asBefore());
    expect(world.database.calls).toEqual([]);
  });

  it('finds the token closed by a run whose answer was lost', async () => {
    world.store.failNext('closeToken', new StoreUnavailableError('lost'), 'after');
    await expect(run()).rejects.toThrow(StoreUnavailableError);

    await expect(run()).resolves.toEqual({ changed: false });
    expect(world.labels).toEqual(asBefore());
  });

  it('completes what a run that died half-way left', async () => {
    world.store.closeHalfway({ secretId: world.secretId, clientRequestToken: world.token });

    await expect(run()).resolves.toEqual({ changed: false });
    expect(world.labels).toEqual(asBefore());
    expect(world.database.calls).toEqual([]);
  });

  it('restores again where a run took AWSPENDING off and died: the late attempt’s version stays without a label', async () => {
    await putLate();
    world.store.failNext('removePending', new StoreUnavailableError('lost'), 'after');
    await expect(run()).rejects.toThrow(StoreUnavailableError);
    world.database.calls.length = 0;

    await expect(run()).resolves.toEqual({ changed: false });
    expect(world.labels).toEqual(asBefore());
    expect(world.database.calls).toContain('verifyCredential');
  });
});

describe('a version that lands right before the token is closed', () => {
  beforeEach(() => {
    world.store.interruptNext('closeToken', 'before', putLate);
  });

  it('loses its label like any other', async () => {
    await expect(run()).resolves.toEqual({ changed: true });
    expect(world.labels).toEqual(asBefore());
    expect(world.database.calls).toEqual(['canSignIn', 'verifyCredential', 'endStrays', 'verifyCredential']);
  });

  it('keeps its label where the current password is refused', async () => {
    world.setPassword('second-password');

    await expect(run()).rejects.toThrow(SignInRefusedError);
    expect(world.labels).toEqual({ ...asBefore(), [world.token]: ['AWSPENDING'] });
  });

  it('is waited for where the store does not show it yet', async () => {
    jest.spyOn(world.store, 'readVersion').mockResolvedValueOnce(undefined);

    await expect(run()).rejects.toThrow(StoreUnavailableError);
    expect(world.labels).toEqual({ ...asBefore(), [world.token]: ['AWSPENDING'] });

    await expect(run()).resolves.toEqual({ changed: true });
    expect(world.labels).toEqual(asBefore());
  });
});

describe.each<[string, RotationError]>([
  ['denies access', new StoreAccessDeniedError('no')],
  ['refuses the request', new StoreRequestRefusedError('no')],
])('a store that %s when the token is to be closed', (_, refusal) => {
  it('refuses a late attempt too: there is nothing to undo', async () => {
    world.store.failNext('closeToken', refusal, 'before');

    await expect(run()).resolves.toEqual({ changed: false });
    expect(world.labels).toEqual(asBefore());
    expect(world.database.calls).toEqual([]);
  });

  it('is asked for a version that it took before', async () => {
    world.store.interruptNext('closeToken', 'before', async () => {
      await putLate();
      throw refusal;
    });

    await expect(run()).resolves.toEqual({ changed: true });
    expect(world.labels).toEqual(asBefore());
  });
});

it('fails and is tried again where the store does not answer', async () => {
  world.store.failNext('closeToken', new StoreUnavailableError('away'), 'before');
  await expect(run()).rejects.toThrow(StoreUnavailableError);

  await expect(run()).resolves.toEqual({ changed: false });
  expect(stored()).toBe('{}');
});
