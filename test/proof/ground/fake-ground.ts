import { FakeDatabase } from '../../support/fake-database';
import { FakeSecretStore } from '../../support/fake-secret-store';
import { type FakeServer } from '../../support/fake-server';
import { connectionSecret } from '../../support/secret-text';
import { type DatabasePlace, type Ground, groundOf, type GroundPlan, onlyOne, type SecretPlace } from './ground';

/** The fakes, which pass the same contracts as the adapters: with one password for a user, and with two. */
export const fakeGrounds: readonly GroundPlan[] = [
  { name: 'the fakes', hasSecondPasswords: false, isQuick: true, start: () => startFake(false) },
  { name: 'the fakes with second passwords', hasSecondPasswords: true, isQuick: true, start: () => startFake(true) },
];

function startFake(hasSecondPasswords: boolean): Promise<Ground> {
  const database = new FakeDatabase();
  const server = database.addServer({ hasSecondPasswords });
  server.users.set('root', { password: 'root-password', isSuperuser: true });
  return groundOf(databasePlace(database, server), secretPlace(new FakeSecretStore()));
}

function databasePlace(database: FakeDatabase, server: FakeServer): DatabasePlace {
  const superuser = connectionSecret({ username: 'root', password: 'root-password', ssl: false });
  const { engine, host, port, tls } = superuser;
  return {
    address: { engine, host, ...(port === undefined ? {} : { port }), tls },
    superuser,
    hasSecondPasswords: server.hasSecondPasswords,
    engineFor: (signal) => () => database.engine({ signal }),
    createUser: ({ username, password }) => {
      server.users.set(username, { password });
      return Promise.resolve();
    },
    setPasswords: (username, passwords) =>
      Promise.resolve(passwords).then(([password = '', secondPassword]) => {
        if (!server.hasSecondPasswords) onlyOne(passwords);
        server.users.set(username, { password, ...(secondPassword === undefined ? {} : { secondPassword }) });
      }),
    signsIn: (user) => Promise.resolve(database.accepts(server, user)),
  };
}

function secretPlace(store: FakeSecretStore): SecretPlace {
  return {
    store: () => store,
    createSecret: (secret) => Promise.resolve(store.createSecret(secret)),
    putByHand: (value) => Promise.resolve(store.putByHand(value)),
    createEmptyPending: (version) => {
      store.createEmptyPending(version);
      return Promise.resolve();
    },
    labels: (secretId) => Promise.resolve(store.labelsOf(secretId)),
    text: (version) => Promise.resolve(store.textOf(version)),
    versionIds: (secretId) => Promise.resolve(store.versionIds(secretId)),
  };
}
