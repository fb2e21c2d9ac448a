import { TargetUnavailableError } from '../../../rotation/errors';
import { setSecret } from '../../../rotation/steps/set-secret';
import { takeStock } from '../../../rotation/steps/take-stock';
import { RotationWorld } from '../../support/rotation-world';
import { secretText } from '../../support/secret-text';

let world: RotationWorld;

beforeEach(() => {
  world = new RotationWorld();
});

const run = (): ReturnType<typeof takeStock> => takeStock(world.deps, world.rotation);

it('tells of each version whether it signs in, and which labels it holds', async () => {
  world.putPrevious(secretText({ password: 'older' }));
  await world.storePending();
  await setSecret(world.deps, world.rotation);

  await expect(run()).resolves.toMatchObject({
    current: { versionId: world.first, labels: ['AWSCURRENT'], signsIn: 'refused' },
    pending: { versionId: world.token, labels: ['AWSPENDING'], signsIn: 'accepted' },
    previous: { labels: ['AWSPREVIOUS'], signsIn: 'refused' },
  });
});

it('leaves out what is not there', async () => {
  const stock = await run();

  expect(Object.keys(stock)).toEqual(['current']);
  expect(stock.current?.signsIn).toBe('accepted');
});

it('calls unknown what a server that is away cannot tell', async () => {
  world.database.failNext('canSignIn', new TargetUnavailableError('away'), 'before');

  expect((await run()).current?.signsIn).toBe('unknown');
});

it('never signs in where a planted version points', async () => {
  await world.storePending({ host: 'db.attacker' });

  expect((await run()).pending?.signsIn).toBe('unknown');
  expect(world.database.calls).toEqual(['canSignIn']);
});

it('calls a version unknown that is not a credential', async () => {
  world.store.overwrite({ secretId: world.secretId, versionId: world.token, text: 'not JSON' });

  expect((await run()).pending?.signsIn).toBe('unknown');
});

it('tells a user who may not sign in from one whose password is refused', async () => {
  world.server.users.set('app', { password: 'first-password', isBlocked: true });

  expect((await run()).current?.signsIn).toBe('blocked');
});
