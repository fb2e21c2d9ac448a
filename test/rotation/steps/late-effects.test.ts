import { RotationSupersededError } from '../../../rotation/errors';
import { discardPending } from '../../../rotation/steps/discard-pending';
import { restoreCurrent } from '../../../rotation/steps/restore-current';
import { setSecret } from '../../../rotation/steps/set-secret';
import { RotationWorld } from '../../support/rotation-world';
import { secretText } from '../../support/secret-text';

let world: RotationWorld;

beforeEach(async () => {
  world = new RotationWorld();
  await world.storePending();
});

it('an attempt that wakes up after its rotation was undone changes nothing', async () => {
  world.database.interruptNext('changePassword', 'before', async () => {
    await restoreCurrent(world.deps, world.rotation);
    await discardPending(world.deps, world.rotation);
  });

  await expect(setSecret(world.deps, world.rotation)).rejects.toThrow(RotationSupersededError);

  expect(world.accepts('first-password')).toBe(true);
  expect(world.accepts('second-password')).toBe(false);
});

it('an undo during which somebody stores another password makes that one work, and not the one of before', async () => {
  await setSecret(world.deps, world.rotation);
  world.database.interruptNext('changePassword', 'before', () => {
    world.store.putByHand({ secretId: world.secretId, text: secretText({ password: 'by hand' }) });
  });

  await expect(restoreCurrent(world.deps, world.rotation)).resolves.toEqual({ changed: true });

  expect(world.accepts('by hand')).toBe(true);
  expect(world.accepts('first-password')).toBe(false);
});

it('a change that lands between the undo’s proof and the end of the label is taken back', async () => {
  world.store.interruptNext('removePending', 'after', () => {
    world.setPassword('second-password');
  });

  await discardPending(world.deps, world.rotation);

  expect(world.labels).toEqual({ [world.first]: ['AWSCURRENT'] });
  expect(world.accepts('first-password')).toBe(true);
});

it('a change that lands after the label is gone is taken back by the next attempt of the undo', async () => {
  await world.store.removePending({ secretId: world.secretId, versionId: world.token });
  world.setPassword('second-password');

  await expect(discardPending(world.deps, world.rotation)).resolves.toEqual({ changed: false });

  expect(world.accepts('first-password')).toBe(true);
});

it('sessions that were given up are ended before the current password is believed', async () => {
  world.database.interruptNext('endStrays', 'before', () => {
    world.setPassword('second-password'); // a statement that was on its way lands first
  });

  await expect(restoreCurrent(world.deps, world.rotation)).resolves.toEqual({ changed: true });

  expect(world.accepts('first-password')).toBe(true);
});
