import { randomUUID } from 'node:crypto';
import { type DatabaseEngine } from '../../../rotation/database-engine';
import {
  ConfigurationInvalidError,
  MalformedSecretError,
  RotationInProgressError,
  RotationSupersededError,
  SecretNotFoundError,
  SecretNotRotatableError,
  SignInRefusedError,
  StoreUnavailableError,
  TargetUnavailableError,
} from '../../../rotation/errors';
import { createSecret } from '../../../rotation/steps/create-secret';
import { RotationWorld } from '../../support/rotation-world';
import { secretText } from '../../support/secret-text';

let world: RotationWorld;

beforeEach(() => {
  world = new RotationWorld();
});

const run = (): ReturnType<typeof createSecret> => createSecret(world.deps, world.rotation);

function expectNothingStored(): void {
  expect(world.store.calls).not.toContain('putPending');
  expect(world.store.textOf({ secretId: world.secretId, versionId: world.token })).toBeUndefined();
}

describe('the first run', () => {
  it('stores a new password under AWSPENDING and tells which version was current', async () => {
    const outcome = await run();

    expect(outcome).toEqual({ currentVersionId: world.first, changed: true });
    expect(world.labels).toEqual({ [world.first]: ['AWSCURRENT'], [world.token]: ['AWSPENDING'] });
    expect(world.passwordOf(world.token)).not.toBe('first-password');
    expect(world.passwordOf(world.token)).toHaveLength(32);
  });

  it('changes the password alone in the text', async () => {
    await run();

    const text = world.store.textOf({ secretId: world.secretId, versionId: world.token });
    expect(text).toBe(secretText({ password: world.passwordOf(world.token) }));
  });

  it('changes nothing in the database', async () => {
    await run();

    expect(world.database.calls).toEqual(['canSignIn']);
    expect(world.accepts('first-password')).toBe(true);
  });

  it('makes the password by the policy that is asked for', async () => {
    const passwordPolicy = { length: 20, excludePunctuation: true };

    await createSecret(world.deps, { ...world.rotation, configuration: { passwordPolicy } });

    expect(world.passwordOf(world.token)).toMatch(/^[a-zA-Z0-9]{20}$/);
  });

  it('goes on past the label that a finished rotation left beside AWSCURRENT', async () => {
    world.store.label(world.secretId, { label: 'AWSPENDING', versionId: world.first });

    await expect(run()).resolves.toMatchObject({ changed: true });
  });

  it('accepts a current password that is wrong where the previous one still works', async () => {
    world.putPrevious(secretText({ password: 'zeroth-password' }));
    world.setPassword('zeroth-password');

    await expect(run()).resolves.toMatchObject({ changed: true });
  });

  it('does not show the password that it made', async () => {
    const outcome = await run();

    expect(JSON.stringify(outcome)).not.toContain(world.passwordOf(world.token));
  });
});

describe('another run', () => {
  it('leaves the value that is stored alone', async () => {
    await run();
    const password = world.passwordOf(world.token);

    const again = await run();

    expect(again).toEqual({ currentVersionId: world.first, changed: false });
    expect(world.passwordOf(world.token)).toBe(password);
    expect(world.store.versionCount(world.secretId)).toBe(2);
  });

  it('finds what a run stored whose answer was lost', async () => {
    world.store.failNext('putPending', new StoreUnavailableError('lost'), 'after');
    await expect(run()).rejects.toThrow(StoreUnavailableError);
    const password = world.passwordOf(world.token);

    const again = await run();

    expect(again).toEqual({ currentVersionId: world.first, changed: false });
    expect(world.passwordOf(world.token)).toBe(password);
  });

  it('stores what a run did not store that failed before', async () => {
    world.store.failNext('putPending', new StoreUnavailableError('lost'), 'before');
    await expect(run()).rejects.toThrow(StoreUnavailableError);

    await expect(run()).resolves.toMatchObject({ changed: true });
  });

  it('leaves a version alone that was promoted already', async () => {
    await run();
    await world.store.moveCurrent({ secretId: world.secretId, from: world.first, to: world.token });
    await world.store.removePending({ secretId: world.secretId, versionId: world.token });

    await expect(run()).resolves.toEqual({ currentVersionId: world.token, changed: false });
  });

  it('does not ask the database where a value is stored', async () => {
    await run();
    world.database.removeServer(world.server);

    await expect(run()).resolves.toMatchObject({ changed: false });
  });

  it('at the same moment makes one version and one password', async () => {
    const outcomes = await Promise.all([run(), run(), run()]);

    expect(outcomes.map(({ currentVersionId }) => currentVersionId)).toEqual([world.first, world.first, world.first]);
    expect(world.store.versionCount(world.secretId)).toBe(2);
  });

  it('does not go on with a version that lost its label', async () => {
    await run();
    await world.store.removePending({ secretId: world.secretId, versionId: world.token });

    await expect(run()).rejects.toThrow(RotationSupersededError);
  });

  it('does not go on with a version that was made from a value which is not current any more', async () => {
    await run();
    const text = secretText({ dbname: 'postgres' });
    world.store.putByHand({ secretId: world.secretId, text });

    await expect(run()).rejects.toThrow(RotationSupersededError);
  });

  it('goes on where the value that became current differs by its password alone', async () => {
    await run();
    const { versionId } = world.store.putByHand({
      secretId: world.secretId,
      text: secretText({ password: 'by hand' }),
    });

    await expect(run()).resolves.toEqual({ currentVersionId: versionId, changed: false });
  });
});

describe('a race', () => {
  it('that moves AWSCURRENT before the value is stored is noticed', async () => {
    world.store.interruptNext('putPending', 'before', () =>
      world.store.putByHand({ secretId: world.secretId, text: secretText({ dbname: 'postgres' }) }),
    );

    const outcome = await run();

    expect(outcome.currentVersionId).toBe(world.first);
  });

  it('that another attempt wins leaves its value', async () => {
    world.store.interruptNext('putPending', 'before', () => world.storePending({ password: 'by the other' }));

    await run();

    expect(world.passwordOf(world.token)).toBe('by the other');
  });

  it('with the store’s own delay is run again: the version is there and cannot be read yet', async () => {
    world.store.interruptNext('putPending', 'after', () => {
      world.store.createEmptyPending({ secretId: world.secretId, versionId: world.token });
    });

    await expect(run()).rejects.toThrow(StoreUnavailableError);
  });

  it('that takes the label away is noticed', async () => {
    world.store.interruptNext('putPending', 'after', () => {
      world.store.label(world.secretId, { label: 'AWSPENDING', versionId: undefined });
    });

    await expect(run()).rejects.toThrow(RotationSupersededError);
  });
});

describe('a secret that may not be rotated', () => {
  it.each([
    ['is scheduled for deletion', { deleted: true }, 'Restore it'],
    ['is rotated by its owning service', { owningService: 'rds' }, 'rds'],
    ['is rotated by AWS', { rotatedByAws: true }, 'cancel-rotate-secret'],
  ])('%s', async (_, state, told) => {
    world.store.setState(world.secretId, state);

    await expect(run()).rejects.toThrow(SecretNotRotatableError);
    await expect(run()).rejects.toThrow(told);
    expectNothingStored();
  });

  it('has another rotation that is not over', async () => {
    const other = randomUUID();
    world.store.createEmptyPending({ secretId: world.secretId, versionId: other });

    await expect(run()).rejects.toThrow(RotationInProgressError);
    await expect(run()).rejects.toMatchObject({ ids: { versionId: other } });
    expectNothingStored();
  });

  it('does not exist', async () => {
    world.rotation = { ...world.rotation, secretId: 'prod/other' };

    await expect(run()).rejects.toThrow(SecretNotFoundError);
  });

  it('has no value', async () => {
    const { arn } = world.store.createSecret({ name: 'prod/empty' });

    await expect(createSecret(world.deps, { ...world.rotation, secretId: arn })).rejects.toThrow(SecretNotFoundError);
    expect(world.database.calls).toEqual([]);
  });

  it.each([
    ['is not JSON', 'hunter2'],
    ['lacks a key', secretText({ host: undefined })],
    ['has an empty password', secretText({ password: '' })],
  ])('%s', async (_, text) => {
    world.store.overwrite({ secretId: world.secretId, versionId: world.first, text });

    await expect(run()).rejects.toThrow(MalformedSecretError);
    expectNothingStored();
    expect(world.database.calls).toEqual([]);
  });

  it('is for an engine that Rotor does not have', async () => {
    const engineFor = (engine: string): DatabaseEngine => {
      throw new MalformedSecretError(`There is no engine "${engine}".`);
    };

    await expect(createSecret({ ...world.deps, engineFor }, world.rotation)).rejects.toThrow(MalformedSecretError);
    expectNothingStored();
  });

  it('cannot be used with its engine', async () => {
    const validate = (): never => {
      throw new MalformedSecretError('The username is too long.');
    };
    const engineFor = (): DatabaseEngine => ({ ...world.database.engine(), validate });

    await expect(createSecret({ ...world.deps, engineFor }, world.rotation)).rejects.toThrow('too long');
    expectNothingStored();
    expect(world.database.calls).toEqual([]);
  });

  it('has a password that its server refuses, and so has the version before', async () => {
    world.setPassword('by hand');

    await expect(run()).rejects.toThrow(SignInRefusedError);
    expectNothingStored();
  });

  it('is for a server that cannot be reached', async () => {
    world.database.removeServer(world.server);

    await expect(run()).rejects.toThrow(TargetUnavailableError);
    expectNothingStored();
  });
});

describe('a configuration that is refused', () => {
  it.each([
    ['names no strategy of Rotor’s', { strategy: 'multi-user' as 'single-user' }],
    ['has a policy that no password satisfies', { passwordPolicy: { length: 4 } }],
  ])('%s', async (_, configuration) => {
    const created = createSecret(world.deps, { ...world.rotation, configuration });

    await expect(created).rejects.toThrow(ConfigurationInvalidError);
    expectNothingStored();
  });
});
