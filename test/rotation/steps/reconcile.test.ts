import { ConfigurationInvalidError, SignInRefusedError, WrongTargetError } from '../../../rotation/errors';
import { reconcile } from '../../../rotation/steps/reconcile';
import { RotationWorld } from '../../support/rotation-world';
import { secretText } from '../../support/secret-text';

let world: RotationWorld;

beforeEach(() => {
  world = new RotationWorld();
  world.addSuperuser();
  world.rotation = { ...world.rotation, configuration: { superuserSecretId: 'admin' } };
  world.setPassword('changed by hand');
});

const run = (): ReturnType<typeof reconcile> => reconcile(world.deps, world.rotation);

it('makes the database accept what AWSCURRENT says, and moves no label', async () => {
  const labels = world.labels;

  await expect(run()).resolves.toEqual({ changed: true });

  expect(world.accepts('first-password')).toBe(true);
  expect(world.labels).toEqual(labels);
});

it('leaves a credential alone that signs in', async () => {
  world.setPassword('first-password');

  await expect(run()).resolves.toEqual({ changed: false });
  expect(world.database.calls).toEqual(['canSignIn']);
});

it('changes nothing without a superuser', async () => {
  world.rotation = { ...world.rotation, configuration: {} };

  await expect(run()).rejects.toThrow(ConfigurationInvalidError);
  expect(world.accepts('changed by hand')).toBe(true);
});

it('changes nothing where the superuser belongs to another server', async () => {
  world.store.createSecret({ name: 'other', text: secretText({ host: 'db.other', username: 'root' }) });
  world.rotation = { ...world.rotation, configuration: { superuserSecretId: 'other' } };

  await expect(run()).rejects.toThrow(WrongTargetError);
  expect(world.accepts('changed by hand')).toBe(true);
});

it('does not have the superuser set its own password', async () => {
  world = new RotationWorld({ username: 'root', password: 'lost' });
  world.addSuperuser();
  world.rotation = { ...world.rotation, configuration: { superuserSecretId: 'admin' } };

  await expect(run()).rejects.toThrow(ConfigurationInvalidError);
});

it('fails where the superuser is refused', async () => {
  world.server.users.set('root', { password: 'another', isSuperuser: true });

  await expect(run()).rejects.toThrow(SignInRefusedError);
  expect(world.accepts('changed by hand')).toBe(true);
});

it('leaves the password alone where somebody stores another value meanwhile', async () => {
  world.database.interruptNext('changePassword', 'before', () => {
    world.store.putByHand({ secretId: world.secretId, text: secretText({ password: 'newer' }) });
  });

  await expect(run()).rejects.toMatchObject({ name: 'RotationSuperseded' });
  expect(world.accepts('changed by hand')).toBe(true);
});
