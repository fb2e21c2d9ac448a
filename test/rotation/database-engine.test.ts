import { Sensitive } from '../../rotation/sensitive';
import { describeDatabaseEngineContract } from '../contracts/database-engine';
import { FakeDatabase } from '../support/fake-database';

describeDatabaseEngineContract({
  name: 'FakeDatabase',
  start: () => {
    const database = new FakeDatabase();
    const server = database.addServer();
    const address = { engine: 'fake', host: server.host, port: server.port, tls: false };
    server.users.set('root', { password: 'root password', isSuperuser: true });
    server.refusesPassword = ({ username, password }) => username === password;
    const change = (username: string, state: object): Promise<void> => {
      Object.assign(server.users.get(username) ?? {}, state);
      return Promise.resolve();
    };
    return Promise.resolve({
      address,
      superuser: { ...address, username: 'root', password: new Sensitive('root password') },
      unusedPort: 1,
      engine: (options) => database.engine(options),
      createUser: ({ username, password }) => {
        server.users.set(username, { password });
        return Promise.resolve();
      },
      signsIn: (user) => Promise.resolve(database.accepts(server, user)),
      blockUser: (username) => change(username, { isBlocked: true }),
      admitUnchecked: (username) => change(username, { isUnchecked: true }),
      passwordRefusedFor: (username) => username,
      close: () => Promise.resolve(),
    });
  },
});

describe('FakeDatabase', () => {
  const credential = {
    engine: 'fake',
    host: 'db.internal',
    username: 'app',
    password: new Sensitive('old'),
    tls: true,
  };
  const change = { signInAs: credential, username: 'app', newPassword: new Sensitive('new') };

  it('fails before the effect of a call, or after it, once', async () => {
    const database = new FakeDatabase();
    const server = database.addServer();
    server.users.set('app', { password: 'old' });
    const engine = database.engine();

    database.failNext('changePassword', new Error('before it'), 'before');
    await expect(engine.changePassword(change)).rejects.toThrow('before it');
    expect(server.users.get('app')?.password).toBe('old');

    database.failNext('changePassword', new Error('after it'), 'after');
    await expect(engine.changePassword(change)).rejects.toThrow('after it');
    expect(server.users.get('app')?.password).toBe('new');
    expect(database.calls).toEqual(['changePassword', 'changePassword']);
  });
});
