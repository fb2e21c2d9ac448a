import { type DatabaseEngine } from '../../../rotation/database-engine';
import {
  CannotVerifyError,
  MalformedSecretError,
  PermissionMissingError,
  SecretNotFoundError,
  SignInRefusedError,
  StoreAccessDeniedError,
  StoreUnavailableError,
} from '../../../rotation/errors';
import { type ConnectionSecret } from '../../../rotation/secret-value';
import { singleUser } from '../../../rotation/strategies/single-user';
import { FakeDatabase } from '../../support/fake-database';
import { type FakeServer } from '../../support/fake-server';
import { connectionSecret } from '../../support/secret-text';

const current = connectionSecret({ password: 'current' });
const pending = connectionSecret({ password: 'pending' });
const older = connectionSecret({ password: 'older' });

function aDatabase(password: string): {
  database: FakeDatabase;
  server: FakeServer;
  accepts: (password: string) => boolean;
} {
  const database = new FakeDatabase();
  const server = database.addServer();
  server.users.set('app', { password });
  return { database, server, accepts: (guess) => database.accepts(server, { username: 'app', password: guess }) };
}

const superuser = (): Promise<undefined> => Promise.resolve(undefined);
const stillWanted = (): Promise<void> => Promise.resolve();
const previousIs = (secret?: ConnectionSecret) => jest.fn(() => Promise.resolve(secret));

it('keeps the user', () => {
  expect(singleUser.pendingUsername(current)).toBe('app');
});

describe('preparing', () => {
  it('asks for the previous version only where the current one is refused', async () => {
    const { database } = aDatabase('current');
    const previous = previousIs(older);

    await singleUser.prepare({ engine: database.engine(), current, previous, superuser });

    expect(previous).not.toHaveBeenCalled();
  });

  it('is content with a previous version that signs in', async () => {
    const engine = aDatabase('older').database.engine();

    await expect(
      singleUser.prepare({ engine, current, previous: previousIs(older), superuser }),
    ).resolves.toBeUndefined();
  });

  it.each([
    ['is none', undefined],
    ['is refused too', older],
    ['names another user', connectionSecret({ username: 'other' })],
    ['names another server', connectionSecret({ host: 'db.other' })],
  ])('fails where the current password is refused and the previous version %s', async (_, secret) => {
    const engine = aDatabase('by hand').database.engine();

    const prepared = singleUser.prepare({ engine, current, previous: previousIs(secret), superuser });

    await expect(prepared).rejects.toThrow(SignInRefusedError);
    await expect(prepared).rejects.toMatchObject({ ids: { host: 'db.internal', username: 'app' } });
  });
});

describe('setting the pending password', () => {
  it.each([
    ['current', 'current'],
    ['previous', 'older'],
  ])('signs in as %s and changes the user’s own', async (_, password) => {
    const { database, accepts } = aDatabase(password);
    const input = { engine: database.engine(), current, pending, previous: previousIs(older), superuser, stillWanted };

    await expect(singleUser.setPending(input)).resolves.toEqual({ changed: true });
    expect(accepts('pending')).toBe(true);
  });

  it.each([
    ['current', 'current', 0],
    ['previous', 'older', 2],
  ])(
    'has as few sign-ins refused as can be where %s is accepted, because a server may lock the user',
    async (_, password, refused) => {
      const { database } = aDatabase(password);
      const input = {
        engine: database.engine(),
        current,
        pending,
        previous: previousIs(older),
        superuser,
        stillWanted,
      };

      await singleUser.setPending(input);

      expect(database.refusals).toBe(refused);
    },
  );

  it('leaves the password alone on a server that lets anybody in, which no test can prove', async () => {
    const { database, server } = aDatabase('current');
    server.users.set('app', { password: 'current', isUnchecked: true });
    const input = { engine: database.engine(), current, pending, previous: previousIs(older), superuser, stillWanted };

    await expect(singleUser.setPending(input)).resolves.toEqual({ changed: false });
    expect(server.users.get('app')?.password).toBe('current');
  });

  it('does not take a missing privilege for a refused password', async () => {
    const { database } = aDatabase('current');
    database.failNext('changePassword', new PermissionMissingError('grant it'), 'before');
    const previous = previousIs(older);

    const set = singleUser.setPending({
      engine: database.engine(),
      current,
      pending,
      previous,
      superuser,
      stillWanted,
    });

    await expect(set).rejects.toThrow(PermissionMissingError);
    expect(previous).not.toHaveBeenCalled();
  });
});

describe('restoring the current password', () => {
  it('signs in as pending', async () => {
    const { database, accepts } = aDatabase('pending');
    const input = { engine: database.engine(), current, pending, previous: previousIs(), superuser, stillWanted };

    await expect(singleUser.restoreCurrent(input)).resolves.toEqual({ changed: true });
    expect(accepts('current')).toBe(true);
  });
});

describe('with a superuser', () => {
  const admin = connectionSecret({ username: 'root', password: 'root' });
  const named = (): Promise<ConnectionSecret> => Promise.resolve(admin);

  function aServer(password: string): ReturnType<typeof aDatabase> {
    const world = aDatabase(password);
    world.server.users.set('root', { password: 'root', isSuperuser: true });
    return world;
  }

  it('is ready once the superuser signs in, and not where it is refused', async () => {
    const { database, server } = aServer('current');
    const input = { engine: database.engine(), current, previous: previousIs(), superuser: named };

    await expect(singleUser.prepare(input)).resolves.toBeUndefined();
    server.users.delete('root');
    await expect(singleUser.prepare(input)).rejects.toThrow(SignInRefusedError);
  });

  it('has it change the password of a user who signs in', async () => {
    const { database, accepts } = aServer('current');
    const input = {
      engine: database.engine(),
      current,
      pending,
      previous: previousIs(),
      superuser: named,
      stillWanted,
    };

    await expect(singleUser.setPending(input)).resolves.toEqual({ changed: true });
    expect(accepts('pending')).toBe(true);
    await expect(singleUser.setPending(input)).resolves.toEqual({ changed: false });
  });

  it('is content where another attempt makes the change before the current password has proved that it may be used', async () => {
    const { database, server } = aServer('current');
    const meanwhile = (): Promise<ConnectionSecret> => {
      server.users.set('app', { password: 'pending' });
      return named();
    };
    const input = { engine: database.engine(), current, pending, previous: previousIs(), stillWanted };

    await expect(singleUser.setPending({ ...input, superuser: meanwhile })).resolves.toEqual({ changed: true });
  });

  it('never has it change a user for whom the secret has no password that works', async () => {
    const { database, accepts } = aServer('by hand');
    const input = {
      engine: database.engine(),
      current,
      pending,
      previous: previousIs(),
      superuser: named,
      stillWanted,
    };

    await expect(singleUser.prepare(input)).rejects.toThrow(SignInRefusedError);
    await expect(singleUser.setPending(input)).rejects.toThrow(SignInRefusedError);
    await expect(singleUser.restoreCurrent(input)).rejects.toThrow(SignInRefusedError);
    expect(accepts('by hand')).toBe(true);
  });

  it('has it restore the current password where the pending one is what works', async () => {
    const { database, accepts } = aServer('pending');
    const input = {
      engine: database.engine(),
      current,
      pending,
      previous: previousIs(),
      superuser: named,
      stillWanted,
    };

    await expect(singleUser.restoreCurrent(input)).resolves.toEqual({ changed: true });
    expect(accepts('current')).toBe(true);
  });

  it.each([
    ['secret is gone', new SecretNotFoundError('gone')],
    ['secret cannot be read', new StoreAccessDeniedError('not for you')],
    ['secret makes no sense', new MalformedSecretError('no password')],
  ])('has the user itself restore the current password where the superuser’s %s', async (_, failure) => {
    for (const password of ['current', 'pending']) {
      const { database, accepts } = aServer(password);
      const superuser = (): Promise<never> => Promise.reject(failure);
      const input = { engine: database.engine(), current, pending, previous: previousIs(), superuser, stillWanted };

      await expect(singleUser.restoreCurrent(input)).resolves.toEqual({ changed: password === 'pending' });
      expect(accepts('current')).toBe(true);
    }
  });

  it('waits for a superuser’s secret that cannot be read for the moment', async () => {
    const { database, accepts } = aServer('pending');
    const superuser = (): Promise<never> => Promise.reject(new StoreUnavailableError('later'));
    const input = { engine: database.engine(), current, pending, previous: previousIs(), superuser, stillWanted };

    await expect(singleUser.restoreCurrent(input)).rejects.toThrow(StoreUnavailableError);
    expect(accepts('pending')).toBe(true);
  });
});

it('sets the current password again where the server lets anybody in, which proves nothing', async () => {
  const { database } = aDatabase('pending');
  const stored: string[] = [];
  const unchecked: DatabaseEngine = {
    ...database.engine(),
    canSignIn: () => Promise.resolve(true),
    verifyCredential: () => Promise.reject(new CannotVerifyError('anybody is let in')),
    changePassword: ({ newPassword }) => {
      stored.push(newPassword.reveal());
      return Promise.resolve();
    },
  };

  const outcome = await singleUser.restoreCurrent({
    engine: unchecked,
    current,
    pending,
    previous: previousIs(),
    superuser: () => Promise.resolve(undefined),
    stillWanted,
  });

  expect(outcome).toEqual({ changed: true });
  expect(stored).toEqual(['current']);
});
