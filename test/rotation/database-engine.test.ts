import { Sensitive } from '../../rotation/sensitive';
import { type AlternatingUnderTest, describeAlternateUsersContract } from '../contracts/alternate-users';
import { describeDatabaseEngineContract } from '../contracts/database-engine';
import { describeSecondPasswordsContract } from '../contracts/second-passwords';
import { FakeDatabase } from '../support/fake-database';

function start(options: { hasSecondPasswords?: boolean } = {}): Promise<AlternatingUnderTest> {
  const database = new FakeDatabase();
  const server = database.addServer(options);
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
    createTable: (table) => {
      server.tables.set(table, new Set(['root']));
      return Promise.resolve();
    },
    grantTable: ({ table, username }) => {
      server.tables.get(table)?.add(username);
      return Promise.resolve();
    },
    countRows: () => Promise.resolve(0),
    allowTables: () => Promise.resolve(),
    runAs: (user, statement) => {
      const [, table = ''] = /(?:FROM|INTO|TABLE) (\w+)/.exec(statement) ?? [];
      if (!database.accepts(server, user)) throw new Error('refused');
      if (statement.startsWith('CREATE')) server.tables.set(table, new Set([user.username]));
      if (!server.tables.get(table)?.has(user.username)) throw new Error('not permitted');
      return Promise.resolve();
    },
    customise: ({ username, number }) => change(username, { settings: { limit: String(number) } }),
    customOf: (username) => {
      const { limit } = server.users.get(username)?.settings ?? {};
      return Promise.resolve(limit === undefined ? undefined : Number(limit));
    },
    plain: (username) => change(username, { settings: {} }),
    weakSuperuser: () => {
      server.users.set('weak', { password: 'weak password' });
      return Promise.resolve({ ...address, username: 'weak', password: new Sensitive('weak password') });
    },
    dropUser: (username) => {
      server.users.delete(username);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  });
}

describeDatabaseEngineContract({ name: 'FakeDatabase', start });

describeDatabaseEngineContract({
  name: 'FakeDatabase of two passwords',
  secondPassword: true,
  start: () => start({ hasSecondPasswords: true }),
});

describeAlternateUsersContract({ name: 'FakeDatabase', start });

describeSecondPasswordsContract({ name: 'FakeDatabase', start: () => start({ hasSecondPasswords: true }) });

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
