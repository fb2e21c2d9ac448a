import { randomUUID } from 'node:crypto';
import {
  AccountBlockedError,
  CannotVerifyError,
  RotationSupersededError,
  SecretNotFoundError,
  SignInRefusedError,
  TargetUnavailableError,
  WrongTargetError,
} from '../../../rotation/errors';
import { setSecret } from '../../../rotation/steps/set-secret';
import { testSecret } from '../../../rotation/steps/test-secret';
import { RotationWorld } from '../../support/rotation-world';
import { secretText } from '../../support/secret-text';

let world: RotationWorld;

beforeEach(async () => {
  world = new RotationWorld();
  await world.storePending();
  await setSecret(world.deps, world.rotation);
  world.database.calls.length = 0;
});

const run = (): ReturnType<typeof testSecret> => testSecret(world.deps, world.rotation);

describe('the first run', () => {
  it('proves that the pending password signs in, and changes nothing', async () => {
    const labels = world.labels;

    await expect(run()).resolves.toEqual({ changed: false });

    expect(world.database.calls).toEqual(['verifyCredential']);
    expect(world.labels).toEqual(labels);
  });
});

describe('another run', () => {
  it('proves it again', async () => {
    await run();

    await expect(run()).resolves.toEqual({ changed: false });
    expect(world.database.calls).toEqual(['verifyCredential', 'verifyCredential']);
  });

  it('proves it after a run whose answer was lost', async () => {
    world.database.failNext('verifyCredential', new TargetUnavailableError('lost'), 'after');
    await expect(run()).rejects.toThrow(TargetUnavailableError);

    await expect(run()).resolves.toEqual({ changed: false });
  });

  it('proves it once the version is promoted', async () => {
    await world.store.moveCurrent({ secretId: world.secretId, from: world.first, to: world.token });
    await world.store.removePending({ secretId: world.secretId, versionId: world.token });

    await expect(run()).resolves.toEqual({ changed: false });
  });
});

describe('a wrong target', () => {
  it.each([
    ['host', { host: 'db.evil' }],
    ['username', { username: 'admin' }],
  ])('is refused before any sign-in where the %s differs', async (_, members) => {
    world.store.overwrite({ secretId: world.secretId, versionId: world.token, text: secretText(members) });

    await expect(run()).rejects.toThrow(WrongTargetError);
    expect(world.database.calls).toEqual([]);
  });
});

describe('a missing version', () => {
  it('of the rotation ends it', async () => {
    world.rotation = { ...world.rotation, clientRequestToken: randomUUID() };

    await expect(run()).rejects.toThrow(RotationSupersededError);
  });

  it('under AWSCURRENT ends it', async () => {
    world.store.label(world.secretId, { label: 'AWSCURRENT', versionId: undefined });

    await expect(run()).rejects.toThrow(SecretNotFoundError);
  });
});

describe('a race', () => {
  it('in which somebody stores a value ends the rotation', async () => {
    world.store.putByHand({ secretId: world.secretId, text: secretText({ password: 'by hand' }) });

    await expect(run()).rejects.toThrow(RotationSupersededError);
    expect(world.database.calls).toEqual([]);
  });

  it('in which the version loses its label ends the rotation', async () => {
    await world.store.removePending({ secretId: world.secretId, versionId: world.token });

    await expect(run()).rejects.toThrow(RotationSupersededError);
  });
});

describe('a pending password', () => {
  it('fails when it is refused', async () => {
    world.setPassword('by hand');

    await expect(run()).rejects.toThrow(SignInRefusedError);
  });

  it('fails when its user may not sign in', async () => {
    world.server.users.set('app', { password: 'second-password', isBlocked: true });

    await expect(run()).rejects.toThrow(AccountBlockedError);
  });

  it('fails when the server would take any', async () => {
    world.server.users.set('app', { password: 'second-password', isUnchecked: true });

    await expect(run()).rejects.toThrow(CannotVerifyError);
  });
});
