import {
  ConfigurationInvalidError,
  PermissionMissingError,
  SignInRefusedError,
  TargetUnavailableError,
} from '../../../rotation/errors';
import { type RotationConfiguration } from '../../../rotation/rotation-request';
import { setSecret } from '../../../rotation/steps/set-secret';
import { testEndpoints } from '../../../rotation/steps/test-endpoints';
import { testSecret } from '../../../rotation/steps/test-secret';
import { type FakeServer } from '../../support/fake-server';
import { RotationWorld } from '../../support/rotation-world';
import { connectionSecret } from '../../support/secret-text';

let world: RotationWorld;
let replica: FakeServer;

beforeEach(async () => {
  world = new RotationWorld();
  replica = world.database.addServer({ host: 'replica.internal', serverId: world.server.serverId });
  replica.users.set('app', { password: 'first-password' });
  await world.storePending();
  await setSecret(world.deps, world.rotation);
});

const test = (configuration: RotationConfiguration): ReturnType<typeof testSecret> =>
  testSecret(world.deps, { ...world.rotation, configuration });

/** Lets the replica learn the new password when it has been asked so many times. */
function learnAfter(refusals: number): void {
  const learn = (): void => {
    replica.users.set('app', { password: 'second-password' });
  };
  const count = (left: number): void => {
    world.database.interruptNext('verifyCredential', 'before', () => {
      if (left === 0) learn();
      else count(left - 1);
    });
  };
  count(refusals + 1); // the first call is the primary's
}

describe('a further endpoint', () => {
  const configuration = { endpoints: [{ host: 'replica.internal' }] };

  it('passes where it has the new password', async () => {
    replica.users.set('app', { password: 'second-password' });

    await expect(test(configuration)).resolves.toEqual({ changed: false });
  });

  it('is asked again until it has learned the new password [§11.50]', async () => {
    learnAfter(2);

    await expect(test(configuration)).resolves.toEqual({ changed: false });
  });

  it('that goes on refusing is named', async () => {
    jest.useFakeTimers();
    try {
      const testing = testEndpoints(world.database.engine(), {
        credential: connectionSecret({ password: 'second-password' }),
        endpoints: configuration.endpoints,
      });
      const outcome = testing.catch((error: unknown) => error);
      await jest.advanceTimersByTimeAsync(20_000);

      const failure = await outcome;
      expect(failure).toBeInstanceOf(SignInRefusedError);
      expect(failure).toMatchObject({ ids: { host: 'replica.internal' } });
    } finally {
      jest.useRealTimers();
    }
  });

  it('that cannot be reached is not one that refuses', async () => {
    world.database.removeServer(replica);

    await expect(test(configuration)).rejects.toThrow(TargetUnavailableError);
  });

  it('may be another port of the same host', async () => {
    const other = world.database.addServer({ port: 5433 });
    other.users.set('app', { password: 'second-password' });

    await expect(test({ endpoints: [{ host: 'db.internal', port: 5433 }] })).resolves.toEqual({ changed: false });
  });
});

describe('a probe', () => {
  beforeEach(() => {
    world.server.tables.set('orders', new Set(['app']));
    world.server.tables.set('hidden', new Set());
  });

  it('passes where the user may run it', async () => {
    const probes = { read: ['SELECT n FROM orders'], write: ['INSERT INTO orders (n) VALUES (1)'] };

    await expect(test({ probes })).resolves.toEqual({ changed: false });
  });

  it.each([
    ['the user may not run', { read: ['SELECT n FROM hidden'] }, PermissionMissingError],
    ['makes no sense', { write: ['SELECT n FROM orders'] }, ConfigurationInvalidError],
  ])('fails that %s', async (_, probes, error) => {
    await expect(test({ probes })).rejects.toThrow(error);
  });

  it('is not run at further endpoints, which may be for reading only', async () => {
    replica.users.set('app', { password: 'second-password' });
    const configuration = { probes: { write: ['DELETE FROM orders'] }, endpoints: [{ host: 'replica.internal' }] };

    await expect(test(configuration)).resolves.toEqual({ changed: false });
  });
});
