import { ConfigurationInvalidError, OutcomeUnknownError, SignInRefusedError } from '../../../rotation/errors';
import { type RotationConfiguration } from '../../../rotation/rotation-request';
import { createSecret } from '../../../rotation/steps/create-secret';
import { discardPending } from '../../../rotation/steps/discard-pending';
import { restoreCurrent } from '../../../rotation/steps/restore-current';
import { setSecret } from '../../../rotation/steps/set-secret';
import { testSecret } from '../../../rotation/steps/test-secret';
import { RotationWorld } from '../../support/rotation-world';

const configuration: RotationConfiguration = { strategy: 'multiple-credentials' };
let world: RotationWorld;

beforeEach(() => {
  world = new RotationWorld({}, { hasSecondPasswords: true });
  world.rotation = { ...world.rotation, configuration };
});

const set = (): ReturnType<typeof setSecret> => setSecret(world.deps, world.rotation);
const test = (): ReturnType<typeof testSecret> => testSecret(world.deps, world.rotation);
const restore = (): ReturnType<typeof restoreCurrent> => restoreCurrent(world.deps, world.rotation);
const both = (): boolean[] => ['first-password', 'second-password'].map((password) => world.accepts(password));

describe('rotations in a row', () => {
  it('leave the password before it working, and end the one before that', async () => {
    const passwords = ['first-password'];

    for (let rotation = 1; rotation <= 4; rotation++) {
      await world.rotate(configuration);
      passwords.push(world.current.password.reveal());

      const accepted = passwords.map((password) => world.accepts(password));
      expect(accepted).toEqual(passwords.map((_, at) => at >= passwords.length - 2));
    }
    expect(world.current.username).toBe('app');
  });

  it('may be made by a superuser', async () => {
    world.addSuperuser();

    await world.rotate({ ...configuration, superuserSecretId: 'admin' });

    expect(world.acceptsCredential(world.current)).toBe(true);
    expect(world.accepts('first-password')).toBe(true);
  });

  it('need no superuser though the secret names one', async () => {
    world = new RotationWorld({ masterarn: 'no such secret' }, { hasSecondPasswords: true });

    await world.rotate(configuration);

    expect(world.accepts('first-password')).toBe(true);
  });
});

describe('before anything is stored', () => {
  it('a server without second passwords is refused, with what to use instead', async () => {
    world = new RotationWorld();
    const creating = createSecret(world.deps, { ...world.rotation, configuration });

    await expect(creating).rejects.toThrow(ConfigurationInvalidError);
    await expect(creating).rejects.toThrow('alternating-users');
    expect(world.store.calls).not.toContain('putPending');
  });

  it('a current password that is refused is told: it could not be kept', async () => {
    world.setPassword('by hand');

    await expect(createSecret(world.deps, world.rotation)).rejects.toThrow(SignInRefusedError);
    expect(world.store.calls).not.toContain('putPending');
  });
});

describe('setting the pending password', () => {
  beforeEach(() => world.storePending());

  it('lets both work', async () => {
    await expect(set()).resolves.toEqual({ changed: true });

    expect(both()).toEqual([true, true]);
  });

  it('again changes nothing, and loses neither', async () => {
    await set();
    world.database.calls.length = 0;

    await expect(set()).resolves.toEqual({ changed: false });

    expect(world.database.calls).not.toContain('changePassword');
    expect(both()).toEqual([true, true]);
  });

  it.each(['before', 'after'] as const)('goes on after a crash %s the effect', async (moment) => {
    world.database.failNext('changePassword', new OutcomeUnknownError('lost'), moment);
    await expect(set()).rejects.toThrow(OutcomeUnknownError);

    await expect(set()).resolves.toEqual({ changed: moment === 'before' });
    expect(both()).toEqual([true, true]);
  });
});

describe('testing the pending password', () => {
  beforeEach(async () => {
    await world.storePending();
    await set();
  });

  it('passes where both work', async () => {
    await expect(test()).resolves.toEqual({ changed: false });
  });

  it('fails where the current one does not work any more', async () => {
    world.setPassword('second-password');

    await expect(test()).rejects.toThrow(SignInRefusedError);
  });
});

describe('going back', () => {
  beforeEach(() => world.storePending());

  it('ends the pending password and leaves the current one', async () => {
    await set();

    await expect(restore()).resolves.toEqual({ changed: true });
    await expect(discardPending(world.deps, world.rotation)).resolves.toEqual({ changed: true });

    expect(both()).toEqual([true, false]);
  });

  it('changes nothing where nothing was set, and nothing again', async () => {
    await expect(restore()).resolves.toEqual({ changed: false });
    await set();
    await restore();

    await expect(restore()).resolves.toEqual({ changed: false });
    expect(both()).toEqual([true, false]);
  });

  it('is done signed in as pending where the current password is refused', async () => {
    world.setPassword('second-password');

    await expect(restore()).resolves.toEqual({ changed: true });
    expect(both()).toEqual([true, false]);
  });

  it('is left to a person where neither works', async () => {
    world.setPassword('by hand');

    await expect(restore()).rejects.toThrow(SignInRefusedError);
  });
});
