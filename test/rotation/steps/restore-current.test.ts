import { randomUUID } from 'node:crypto';
import {
  AccountBlockedError,
  MalformedSecretError,
  OutcomeUnknownError,
  SecretNotFoundError,
  SignInRefusedError,
  StoreAccessDeniedError,
  StoreUnavailableError,
  TargetUnavailableError,
} from '../../../rotation/errors';
import { restoreCurrent } from '../../../rotation/steps/restore-current';
import { setSecret } from '../../../rotation/steps/set-secret';
import { RotationWorld } from '../../support/rotation-world';
import { secretText } from '../../support/secret-text';

let world: RotationWorld;

beforeEach(async () => {
  world = new RotationWorld();
  await world.storePending();
  await setSecret(world.deps, world.rotation);
  world.database.calls.length = 0;
});

const run = (): ReturnType<typeof restoreCurrent> => restoreCurrent(world.deps, world.rotation);

describe('the first run', () => {
  it('makes the database accept the current password again, and moves no label', async () => {
    const labels = world.labels;

    const outcome = await run();

    expect(outcome).toEqual({ changed: true });
    expect(world.accepts('first-password')).toBe(true);
    expect(world.accepts('second-password')).toBe(false);
    expect(world.labels).toEqual(labels);
  });

  it('proves it by signing in', async () => {
    await run();

    expect(world.database.calls).toEqual(['verifyCredential', 'changePassword', 'canSignIn']);
  });

  it('does not believe a change after which the current password is refused', async () => {
    world.database.interruptNext('changePassword', 'after', () => {
      world.setPassword('by hand');
    });

    await expect(run()).rejects.toThrow(SignInRefusedError);
  });

  it('restores the value that somebody stored meanwhile', async () => {
    world.store.putByHand({ secretId: world.secretId, text: secretText({ password: 'by hand' }) });

    await expect(run()).resolves.toEqual({ changed: true });
    expect(world.accepts('by hand')).toBe(true);
  });

  it('changes nothing where setSecret never ran', async () => {
    world.setPassword('first-password');

    await expect(run()).resolves.toEqual({ changed: false });
    expect(world.database.calls).toEqual(['verifyCredential', 'endStrays', 'verifyCredential']);
  });

  it('restores though the pending version lost its label', async () => {
    await world.store.removePending({ secretId: world.secretId, versionId: world.token });

    await expect(run()).resolves.toEqual({ changed: true });
    expect(world.accepts('first-password')).toBe(true);
  });
});

describe('another run', () => {
  it('changes nothing', async () => {
    await run();

    await expect(run()).resolves.toEqual({ changed: false });
  });

  it('finds what a run restored whose answer was lost', async () => {
    world.database.failNext('changePassword', new OutcomeUnknownError('lost'), 'after');
    await expect(run()).rejects.toThrow(OutcomeUnknownError);

    await expect(run()).resolves.toEqual({ changed: false });
    expect(world.accepts('first-password')).toBe(true);
  });

  it('restores what a run did not restore that failed before', async () => {
    world.database.failNext('changePassword', new TargetUnavailableError('lost'), 'before');
    await expect(run()).rejects.toThrow(TargetUnavailableError);

    await expect(run()).resolves.toEqual({ changed: true });
  });

  it('changes nothing once the version is promoted', async () => {
    await world.store.moveCurrent({ secretId: world.secretId, from: world.first, to: world.token });

    await expect(run()).resolves.toEqual({ changed: false });
    expect(world.accepts('second-password')).toBe(true);
  });
});

describe('a wrong target', () => {
  beforeEach(() => {
    const text = secretText({ host: 'db.evil', password: 'second-password' });
    world.store.overwrite({ secretId: world.secretId, versionId: world.token, text });
  });

  it('is not signed in to: the current password is asked about alone', async () => {
    const evil = world.database.addServer({ host: 'db.evil' });
    evil.users.set('app', { password: 'second-password' });

    await expect(run()).rejects.toThrow(SignInRefusedError);

    expect(evil.users.get('app')).toEqual({ password: 'second-password' });
    expect(world.database.calls).toEqual(['canSignIn']);
  });

  it('is no harm while the current password signs in', async () => {
    world.setPassword('first-password');

    await expect(run()).resolves.toEqual({ changed: false });
  });
});

describe('a missing version', () => {
  beforeEach(() => {
    world.rotation = { ...world.rotation, clientRequestToken: randomUUID() };
  });

  it('of the rotation means that there is nothing to undo, where the current password signs in', async () => {
    world.setPassword('first-password');

    await expect(run()).resolves.toEqual({ changed: false });
  });

  it('of the rotation leaves nothing to sign in with, where it does not', async () => {
    await expect(run()).rejects.toThrow(SignInRefusedError);
  });

  it('under AWSCURRENT leaves nothing to restore', async () => {
    world.store.label(world.secretId, { label: 'AWSCURRENT', versionId: undefined });

    await expect(run()).rejects.toThrow(SecretNotFoundError);
  });
});

describe('a password that cannot be restored', () => {
  it('because neither the current nor the pending one is accepted is left to a person', async () => {
    world.setPassword('by hand');

    await expect(run()).rejects.toThrow(SignInRefusedError);
    expect(world.accepts('by hand')).toBe(true);
  });

  it('because the current version cannot be understood', async () => {
    world.store.overwrite({ secretId: world.secretId, versionId: world.first, text: 'not JSON' });

    await expect(run()).rejects.toThrow(MalformedSecretError);
  });

  it('because the server cannot be reached is not told as a refused password', async () => {
    world.database.removeServer(world.server);

    await expect(run()).rejects.toThrow(TargetUnavailableError);
  });
});

it('leaves a pending version alone that is no credential: no database can have been told it', async () => {
  world.store.overwrite({ secretId: world.secretId, versionId: world.token, text: 'not JSON' });
  world.setPassword('first-password');

  await expect(run()).resolves.toEqual({ changed: false });
});

it('begins anew where somebody stores another password while the one of before is refused', async () => {
  world.database.interruptNext('verifyCredential', 'before', () => {
    world.store.putByHand({ secretId: world.secretId, text: secretText({ password: 'by hand' }) });
    world.setPassword('by hand');
  });

  await expect(run()).resolves.toEqual({ changed: false });

  expect(world.accepts('by hand')).toBe(true);
});

describe('a failure after which AWSCURRENT cannot be read again', () => {
  const lost = new TargetUnavailableError('lost');
  const outage = new StoreUnavailableError('away');
  const denied = new StoreAccessDeniedError('Grant it.');

  /** Fails while the password is asked about, and cannot read AWSCURRENT from then on. */
  function fail(by: Error, unread: Error, meanwhile: () => unknown = () => undefined): void {
    world.database.interruptNext('verifyCredential', 'before', () => {
      meanwhile();
      world.store.failNext('readLabel', unread, 'before');
      throw by;
    });
  }

  it.each([{ unread: outage }, { unread: denied }])(
    'is the one that is told, and not $unread.name',
    async ({ unread }) => {
      fail(lost, unread);

      await expect(run()).rejects.toBe(lost);
    },
  );

  it('is told too where both are for good', async () => {
    const blocked = new AccountBlockedError('locked');
    fail(blocked, denied);

    await expect(run()).rejects.toBe(blocked);
  });

  it('is not told where it is for good and the other may pass: tried again, it finds what somebody stored meanwhile', async () => {
    fail(new AccountBlockedError('locked'), outage, () => {
      world.store.putByHand({ secretId: world.secretId, text: secretText({ password: 'by hand' }) });
      world.setPassword('by hand');
    });

    await expect(run()).rejects.toBe(outage);

    await expect(run()).resolves.toEqual({ changed: false });
    expect(world.accepts('by hand')).toBe(true);
  });
});
