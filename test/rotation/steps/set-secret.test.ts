import { randomUUID } from 'node:crypto';
import { type DatabaseEngine } from '../../../rotation/database-engine';
import {
  MalformedSecretError,
  OutcomeUnknownError,
  PasswordRejectedError,
  RotationSupersededError,
  SecretNotFoundError,
  SignInRefusedError,
  StoreRequestRefusedError,
  TargetUnavailableError,
  WrongTargetError,
} from '../../../rotation/errors';
import { setSecret } from '../../../rotation/steps/set-secret';
import { RotationWorld } from '../../support/rotation-world';
import { secretText } from '../../support/secret-text';

let world: RotationWorld;

beforeEach(async () => {
  world = new RotationWorld();
  await world.storePending();
});

const run = (): ReturnType<typeof setSecret> => setSecret(world.deps, world.rotation);

describe('the first run', () => {
  it('makes the database accept the pending password instead of the current one', async () => {
    const outcome = await run();

    expect(outcome).toEqual({ changed: true });
    expect(world.accepts('second-password')).toBe(true);
    expect(world.accepts('first-password')).toBe(false);
  });

  it('moves no label', async () => {
    const before = world.labels;

    await run();

    expect(world.labels).toEqual(before);
  });

  it('signs in as the previous version where the current one is refused', async () => {
    world.putPrevious(secretText({ password: 'zeroth-password' }));
    world.setPassword('zeroth-password');

    await expect(run()).resolves.toEqual({ changed: true });
    expect(world.accepts('second-password')).toBe(true);
  });
});

describe('another run', () => {
  it('leaves a pending password that already signs in alone', async () => {
    await run();
    world.database.calls.length = 0;

    await expect(run()).resolves.toEqual({ changed: false });
    expect(world.database.calls).toEqual(['verifyCredential', 'canSignIn']);
  });

  it('finds what a run changed whose answer was lost', async () => {
    world.database.failNext('changePassword', new OutcomeUnknownError('lost'), 'after');
    await expect(run()).rejects.toThrow(OutcomeUnknownError);

    await expect(run()).resolves.toEqual({ changed: false });
    expect(world.accepts('second-password')).toBe(true);
  });

  it('changes what a run did not change that failed before', async () => {
    world.database.failNext('changePassword', new TargetUnavailableError('lost'), 'before');
    await expect(run()).rejects.toThrow(TargetUnavailableError);

    await expect(run()).resolves.toEqual({ changed: true });
  });

  it('at the same moment ends with the pending password', async () => {
    const outcomes = await Promise.allSettled([run(), run()]);

    expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
    expect(world.accepts('second-password')).toBe(true);
    await expect(run()).resolves.toEqual({ changed: false });
  });

  it('changes nothing once the version is promoted', async () => {
    await run();
    await world.store.moveCurrent({ secretId: world.secretId, from: world.first, to: world.token });
    await world.store.removePending({ secretId: world.secretId, versionId: world.token });

    await expect(run()).resolves.toEqual({ changed: false });
  });
});

describe('a wrong target', () => {
  it.each([
    ['host', { host: 'db.evil' }],
    ['port', { port: 5433 }],
    ['engine', { engine: 'mysql' }],
    ['database', { dbname: 'other' }],
    ['TLS', { ssl: false }],
    ['username', { username: 'admin' }],
  ])('is refused before any sign-in where the %s differs', async (_, members) => {
    world.store.overwrite({
      secretId: world.secretId,
      versionId: world.token,
      text: secretText({ password: 'second-password', ...members }),
    });

    await expect(run()).rejects.toThrow(WrongTargetError);
    expect(world.database.calls).toEqual([]);
  });

  it('is not taken from the previous version', async () => {
    const other = world.database.addServer({ host: 'db.other' });
    other.users.set('app', { password: 'zeroth-password' });
    world.putPrevious(secretText({ host: 'db.other', password: 'zeroth-password' }));
    world.setPassword('by hand');

    await expect(run()).rejects.toThrow(SignInRefusedError);
    expect(other.users.get('app')).toEqual({ password: 'zeroth-password' });
  });

  it('is not another user of the previous version', async () => {
    world.server.users.set('admin', { password: 'zeroth-password', isSuperuser: true });
    world.putPrevious(secretText({ username: 'admin', password: 'zeroth-password' }));
    world.setPassword('by hand');

    await expect(run()).rejects.toThrow(SignInRefusedError);
    expect(world.accepts('by hand')).toBe(true);
  });
});

describe('a missing version', () => {
  it('of the rotation ends it', async () => {
    world.rotation = { ...world.rotation, clientRequestToken: randomUUID() };

    await expect(run()).rejects.toThrow(RotationSupersededError);
    expect(world.database.calls).toEqual([]);
  });

  it('under AWSCURRENT ends it', async () => {
    world.store.label(world.secretId, { label: 'AWSCURRENT', versionId: undefined });

    await expect(run()).rejects.toThrow(SecretNotFoundError);
    expect(world.database.calls).toEqual([]);
  });

  it('under AWSPREVIOUS is not looked for while the current one signs in', async () => {
    await run();

    expect(world.store.calls).toEqual(['readLabel', 'readVersion', 'describe']);
  });
});

describe('a race', () => {
  it('in which somebody stores a value ends the rotation before any sign-in', async () => {
    world.store.putByHand({ secretId: world.secretId, text: secretText({ password: 'by hand' }) });

    await expect(run()).rejects.toThrow(RotationSupersededError);
    expect(world.database.calls).toEqual([]);
    expect(world.accepts('first-password')).toBe(true);
  });

  it('in which the version loses its label ends the rotation before any sign-in', async () => {
    await world.store.removePending({ secretId: world.secretId, versionId: world.token });

    await expect(run()).rejects.toThrow(RotationSupersededError);
    expect(world.database.calls).toEqual([]);
  });

  it('in which the secret is deleted ends the rotation before any sign-in', async () => {
    world.store.setState(world.secretId, { deleted: true });

    await expect(run()).rejects.toThrow(StoreRequestRefusedError);
    expect(world.database.calls).toEqual([]);
  });
});

describe('a password that cannot be set', () => {
  it('because no version’s is accepted is told with what to do, and changes nothing', async () => {
    world.setPassword('by hand');

    await expect(run()).rejects.toThrow(SignInRefusedError);
    await expect(run()).rejects.toThrow('store the real password in the secret');
    expect(world.accepts('by hand')).toBe(true);
  });

  it('because the previous version makes no sense is told as if there were none', async () => {
    world.putPrevious('not JSON');
    world.setPassword('by hand');

    await expect(run()).rejects.toThrow(SignInRefusedError);
  });

  it('because the server’s policy refuses it leaves the current one', async () => {
    world.server.refusesPassword = () => true;

    await expect(run()).rejects.toThrow(PasswordRejectedError);
    expect(world.accepts('first-password')).toBe(true);
  });

  it.each(['current', 'pending'])('because the %s version cannot be understood', async (which) => {
    const versionId = which === 'current' ? world.first : world.token;
    world.store.overwrite({ secretId: world.secretId, versionId, text: '{"password":"hunter2"}' });

    await expect(run()).rejects.toThrow(MalformedSecretError);
    expect(world.database.calls).toEqual([]);
  });

  it('because the pending version cannot be used with its engine', async () => {
    const validate = (): never => {
      throw new MalformedSecretError('The username is too long.');
    };
    const engineFor = (): DatabaseEngine => ({ ...world.database.engine(), validate });

    await expect(setSecret({ ...world.deps, engineFor }, world.rotation)).rejects.toThrow('too long');
    expect(world.database.calls).toEqual([]);
  });

  it('because the server cannot be reached is not told as a refused password', async () => {
    world.database.removeServer(world.server);

    await expect(run()).rejects.toThrow(TargetUnavailableError);
  });

  it('is not shown in the error', async () => {
    world.setPassword('by hand');

    const error: unknown = await run().catch((err: unknown) => err);

    expect(String(error) + JSON.stringify(error)).not.toMatch(/(first|second)-password/);
  });
});
