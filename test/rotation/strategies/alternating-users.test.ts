import { randomUUID } from 'node:crypto';
import {
  ConfigurationInvalidError,
  MalformedSecretError,
  OutcomeUnknownError,
  PermissionMissingError,
  RotationSupersededError,
  SecretNotFoundError,
  SignInRefusedError,
  TargetUnavailableError,
  WrongTargetError,
} from '../../../rotation/errors';
import { holderOf } from '../../../rotation/staging-labels';
import { createSecret } from '../../../rotation/steps/create-secret';
import { discardPending } from '../../../rotation/steps/discard-pending';
import { restoreCurrent } from '../../../rotation/steps/restore-current';
import { setSecret } from '../../../rotation/steps/set-secret';
import { testSecret } from '../../../rotation/steps/test-secret';
import { alternatingUsers } from '../../../rotation/strategies/alternating-users';
import { RotationWorld } from '../../support/rotation-world';
import { connectionSecret, secretText } from '../../support/secret-text';

let world: RotationWorld;

beforeEach(() => {
  world = new RotationWorld({ masterarn: 'admin' });
  world.addSuperuser();
  world.server.tables.set('orders', new Set(['app']));
});

const clone = { username: 'app_clone', password: 'second-password' };
const create = (): ReturnType<typeof createSecret> => createSecret(world.deps, world.rotation);
const set = (): ReturnType<typeof setSecret> => setSecret(world.deps, world.rotation);
const test = (): ReturnType<typeof testSecret> => testSecret(world.deps, world.rotation);
const storePending = (): Promise<void> => world.storePending({ ...clone, masterarn: 'admin' });
const cloneAccepts = (password: string): boolean => world.database.accepts(world.server, { ...clone, password });

describe('the other user', () => {
  it.each([
    ['app', 'app_clone'],
    ['app_clone', 'app'],
    ['app_clone_clone', 'app_clone'],
    ['clone', 'clone_clone'],
  ])('of %s is %s [§11.5]', (username, alternate) => {
    expect(alternatingUsers.pendingUsername(connectionSecret({ username }))).toBe(alternate);
  });

  it('of "_clone" has no name [§11.5]', () => {
    expect(() => alternatingUsers.pendingUsername(connectionSecret({ username: '_clone' }))).toThrow(
      MalformedSecretError,
    );
  });
});

describe('rotations in a row', () => {
  it('take turns, and each leaves the credential before it working', async () => {
    for (const username of ['app_clone', 'app', 'app_clone', 'app']) {
      const before = world.current;

      await world.rotate();

      expect(world.current.username).toBe(username);
      expect(world.acceptsCredential(world.current)).toBe(true);
      expect(world.acceptsCredential(before)).toBe(true);
      expect(world.current.password.equals(before.password)).toBe(false);
      expect(world.server.tables.get('orders')).toEqual(new Set(['app', 'app_clone']));
    }
  });

  it('follow the strategy of the configuration though the secret names no superuser', async () => {
    world = new RotationWorld();
    world.addSuperuser();

    await world.rotate({ strategy: 'alternating-users', superuserSecretId: 'admin' });

    expect(world.current.username).toBe('app_clone');
  });

  it('take the superuser of the configuration rather than the secret’s', async () => {
    world = new RotationWorld({ masterarn: 'no such secret' });
    world.addSuperuser();

    await world.rotate({ superuserSecretId: 'admin' });

    expect(world.current.username).toBe('app_clone');
  });

  it('read a superuser’s secret that RDS manages: a username and a password', async () => {
    world = new RotationWorld({ masterarn: 'admin' });
    world.addSuperuser('{"username":"root","password":"root-password"}');

    await world.rotate();

    expect(world.current.username).toBe('app_clone');
  });

  it('keep the members of the secret that are none of a credential', async () => {
    world = new RotationWorld({ masterarn: 'admin', custom: [1, 2.5], ssl: 'true' });
    world.addSuperuser();

    await world.rotate();

    const text = world.store.textOf({ secretId: world.secretId, versionId: world.token }) ?? '';
    const password = world.passwordOf(world.token);
    expect(text).toBe(
      secretText({ username: 'app_clone', password, masterarn: 'admin', custom: [1, 2.5], ssl: 'true' }),
    );
  });
});

describe('before anything is stored', () => {
  const worldOf = (members: object): void => {
    world = new RotationWorld({ ...members });
  };

  it.each<[string, new (message: string) => Error, () => void]>([
    [
      'no superuser is named',
      ConfigurationInvalidError,
      () => {
        worldOf({});
      },
    ],
    [
      'the superuser’s secret has no value',
      SecretNotFoundError,
      () => {
        worldOf({ masterarn: 'none' });
      },
    ],
    [
      'the current password is refused',
      SignInRefusedError,
      () => {
        world.setPassword('by hand');
      },
    ],
    [
      'the superuser’s password is refused',
      SignInRefusedError,
      () => {
        world.server.users.set('root', { password: 'by hand', isSuperuser: true });
      },
    ],
    [
      'the server cannot be reached',
      TargetUnavailableError,
      () => {
        world.database.removeServer(world.server);
      },
    ],
  ])('it fails where %s', async (_, error, arrange) => {
    arrange();
    const request = { ...world.rotation, configuration: { strategy: 'alternating-users' as const } };

    await expect(createSecret(world.deps, request)).rejects.toThrow(error);

    expect(world.store.calls).not.toContain('putPending');
  });

  it('it fails where the superuser’s server is another one, and does so before the superuser changes anything [§11.26]', async () => {
    world = new RotationWorld({ masterarn: 'admin' });
    const other = world.database.addServer({ host: 'db.other' });
    other.users.set('root', { password: 'root-password', isSuperuser: true });
    world.addSuperuser(secretText({ host: 'db.other', username: 'root', password: 'root-password' }));

    await expect(create()).rejects.toThrow(WrongTargetError);
    expect(world.database.calls).not.toContain('matchUser');
  });

  it('it goes on where the superuser’s host is another address of the same server', async () => {
    world = new RotationWorld({ masterarn: 'admin' });
    const writer = world.database.addServer({ host: 'writer.internal', serverId: world.server.serverId });
    writer.users.set('root', { password: 'root-password', isSuperuser: true });
    world.addSuperuser(secretText({ host: 'writer.internal', username: 'root', password: 'root-password' }));

    await expect(create()).resolves.toMatchObject({ changed: true });
  });

  it('it fails where the alternate cannot be a user of the engine', async () => {
    const validate = (): never => {
      throw new MalformedSecretError('The username is too long.');
    };
    const engineFor = (): ReturnType<typeof world.deps.engineFor> => ({ ...world.database.engine(), validate });

    await expect(createSecret({ ...world.deps, engineFor }, world.rotation)).rejects.toThrow('too long');
    expect(world.store.calls).not.toContain('putPending');
  });
});

describe('setting the pending credential', () => {
  beforeEach(storePending);

  it('makes the alternate user and leaves the current one', async () => {
    await expect(set()).resolves.toEqual({ changed: true });

    expect(cloneAccepts('second-password')).toBe(true);
    expect(world.accepts('first-password')).toBe(true);
  });

  it('again changes nothing', async () => {
    await set();

    await expect(set()).resolves.toEqual({ changed: false });
  });

  it.each(['before', 'after'] as const)('goes on after a crash %s the effect', async (moment) => {
    world.database.failNext('matchUser', new OutcomeUnknownError('lost'), moment);
    await expect(set()).rejects.toThrow(OutcomeUnknownError);

    await expect(set()).resolves.toEqual({ changed: moment === 'before' });
    expect(cloneAccepts('second-password')).toBe(true);
  });

  it('brings an alternate to parity though its password already works', async () => {
    await set();
    world.server.tables.set('invoices', new Set(['app']));

    await expect(set()).resolves.toEqual({ changed: true });

    expect(world.server.tables.get('invoices')).toEqual(new Set(['app', 'app_clone']));
  });

  it('asks the superuser nothing while the current credential is refused', async () => {
    world.setPassword('by hand');

    await expect(set()).rejects.toThrow(SignInRefusedError);

    expect(world.database.calls).toEqual(['inspect']);
    expect(world.server.users.has('app_clone')).toBe(false);
  });

  it.each([
    ['another user', { username: 'root' }],
    ['the current user', { username: 'app' }],
    ['another host', { ...clone, host: 'db.evil' }],
  ])('is refused before any sign-in where the pending version names %s', async (_, members) => {
    const text = secretText({ password: 'second-password', masterarn: 'admin', ...members });
    world.store.overwrite({ secretId: world.secretId, versionId: world.token, text });

    await expect(set()).rejects.toThrow(WrongTargetError);
    expect(world.database.calls).toEqual([]);
  });

  it('ends where somebody stored a value meanwhile', async () => {
    world.store.putByHand({ secretId: world.secretId, text: secretText({ password: 'by hand', masterarn: 'admin' }) });

    await expect(set()).rejects.toThrow(RotationSupersededError);
    expect(world.database.calls).toEqual([]);
  });

  it('changes nothing once the version is promoted, though the pair is the other way round then', async () => {
    await set();
    await world.store.moveCurrent({ secretId: world.secretId, from: world.first, to: world.token });

    await expect(set()).resolves.toEqual({ changed: false });
    await expect(test()).resolves.toEqual({ changed: false });
    expect(world.accepts('first-password')).toBe(true);
  });
});

describe('testing the pending credential', () => {
  beforeEach(async () => {
    await storePending();
    await set();
  });

  it('passes at parity', async () => {
    await expect(test()).resolves.toEqual({ changed: false });
  });

  it('fails where the alternate lacks what the current user has', async () => {
    world.server.tables.set('invoices', new Set(['app']));

    await expect(test()).rejects.toThrow(PermissionMissingError);
  });

  it('fails where its password is refused', async () => {
    world.server.users.set('app_clone', { password: 'by hand' });

    await expect(test()).rejects.toThrow(SignInRefusedError);
  });
});

describe('going back', () => {
  it('has nothing to undo: the current user was not changed', async () => {
    await storePending();
    await set();

    await expect(restoreCurrent(world.deps, world.rotation)).resolves.toEqual({ changed: false });
    await expect(discardPending(world.deps, world.rotation)).resolves.toEqual({ changed: true });

    expect(world.labels).toEqual({ [world.first]: ['AWSCURRENT'] });
    expect(world.accepts('first-password')).toBe(true);
  });

  it('is left to a person where the current password is refused', async () => {
    await storePending();
    world.setPassword('by hand');

    await expect(restoreCurrent(world.deps, world.rotation)).rejects.toThrow(SignInRefusedError);
  });

  it('needs no superuser', async () => {
    await storePending();
    world.server.users.delete('root');

    await expect(restoreCurrent(world.deps, world.rotation)).resolves.toEqual({ changed: false });
  });

  it('gives the alternate user the password back that AWSPREVIOUS holds, for those who still use it', async () => {
    await world.rotate();
    await world.rotate(); // app is current again, and app_clone's credential is AWSPREVIOUS
    const previous = world.passwordOf(holderOf(world.labels, 'AWSPREVIOUS') ?? '');
    world.rotation = {
      ...world.rotation,
      clientRequestToken: randomUUID(),
      currentVersionId: world.rotation.clientRequestToken,
    };
    await create();
    await set();

    await expect(restoreCurrent(world.deps, world.rotation)).resolves.toEqual({ changed: true });

    expect(cloneAccepts(previous)).toBe(true);
    expect(world.acceptsCredential(world.current)).toBe(true);
  });

  it('makes the server accept the value that somebody stored for the current user meanwhile', async () => {
    await storePending();
    await set();
    world.store.putByHand({ secretId: world.secretId, text: secretText({ password: 'by hand', masterarn: 'admin' }) });

    await expect(restoreCurrent(world.deps, world.rotation)).resolves.toEqual({ changed: true });

    expect(world.accepts('by hand')).toBe(true);
  });

  it('makes the server accept the user that somebody made current again, while its password was being changed', async () => {
    await world.rotate();
    const { secretId, rotation } = world;
    const { clientRequestToken: from } = rotation;
    world.rotation = { ...rotation, clientRequestToken: randomUUID(), currentVersionId: from };
    await create();
    await set();
    await world.store.moveCurrent({ secretId, from, to: world.first });

    await expect(restoreCurrent(world.deps, world.rotation)).resolves.toEqual({ changed: true });

    expect(world.accepts('first-password')).toBe(true);
  });

  it('never has the superuser set the password of another user whom somebody stored meanwhile', async () => {
    world.server.users.set('owner', { password: 'its own' });
    await storePending();
    await set();
    const planted = secretText({ username: 'owner', password: 'planted', masterarn: 'admin' });
    world.store.putByHand({ secretId: world.secretId, text: planted });

    await expect(restoreCurrent(world.deps, world.rotation)).rejects.toThrow(SignInRefusedError);

    expect(world.database.accepts(world.server, { username: 'owner', password: 'its own' })).toBe(true);
  });
});
