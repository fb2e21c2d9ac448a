import { randomUUID } from 'node:crypto';
import {
  RotationSupersededError,
  SecretNotFoundError,
  StoreRequestRefusedError,
  StoreThrottledError,
  StoreUnavailableError,
} from '../../../rotation/errors';
import { finishSecret } from '../../../rotation/steps/finish-secret';
import { RotationWorld } from '../../support/rotation-world';
import { secretText } from '../../support/secret-text';

let world: RotationWorld;

beforeEach(async () => {
  world = new RotationWorld();
  await world.storePending();
});

const run = (): ReturnType<typeof finishSecret> => finishSecret(world.deps, world.rotation);
const finished = (): Record<string, string[]> => ({ [world.first]: ['AWSPREVIOUS'], [world.token]: ['AWSCURRENT'] });

describe('the first run', () => {
  it('promotes the version and takes AWSPENDING off it', async () => {
    const outcome = await run();

    expect(outcome).toEqual({ changed: true });
    expect(world.labels).toEqual(finished());
  });

  it('reads no value and asks no database', async () => {
    await run();

    expect(world.store.calls).toEqual(['describe', 'moveCurrent', 'removePending']);
    expect(world.database.calls).toEqual([]);
  });

  it('ends well where AWSPENDING cannot be taken off: it stands beside AWSCURRENT then', async () => {
    world.store.failNext('removePending', new StoreThrottledError('slow down'), 'before');

    await expect(run()).resolves.toEqual({ changed: true });
    expect(world.labels[world.token]).toEqual(expect.arrayContaining(['AWSCURRENT', 'AWSPENDING']));
  });

  it('leaves AWSPENDING where it is in a secret with replicas, which a second move at once can keep from following', async () => {
    world.store.setState(world.secretId, { replicated: true });

    await expect(run()).resolves.toEqual({ changed: true });
    await expect(run()).resolves.toEqual({ changed: false });

    expect(world.labels[world.token]).toEqual(expect.arrayContaining(['AWSCURRENT', 'AWSPENDING']));
    expect(world.store.calls.filter((call) => call !== 'describe')).toEqual(['moveCurrent']);
  });

  it('does not hide what is no failure of the store', async () => {
    world.store.failNext('removePending', new TypeError('a defect'), 'before');

    await expect(run()).rejects.toThrow(TypeError);
  });
});

describe('another run', () => {
  it('changes nothing', async () => {
    await run();

    await expect(run()).resolves.toEqual({ changed: false });
    expect(world.labels).toEqual(finished());
  });

  it('finds what a run moved whose answer was lost, and takes AWSPENDING off', async () => {
    world.store.failNext('moveCurrent', new StoreUnavailableError('lost'), 'after');
    await expect(run()).rejects.toThrow(StoreUnavailableError);

    await expect(run()).resolves.toEqual({ changed: false });
    expect(world.labels).toEqual(finished());
  });

  it('moves what a run did not move that failed before', async () => {
    world.store.failNext('moveCurrent', new StoreUnavailableError('lost'), 'before');
    await expect(run()).rejects.toThrow(StoreUnavailableError);

    await expect(run()).resolves.toEqual({ changed: true });
    expect(world.labels).toEqual(finished());
  });

  it('at the same moment promotes once', async () => {
    await Promise.all([run(), run(), run()]);

    expect(world.labels).toEqual(finished());
  });

  it('leaves alone what the next rotation has begun', async () => {
    await run();
    const next = randomUUID();
    world.store.createEmptyPending({ secretId: world.secretId, versionId: next });

    await run();

    expect(world.labels).toEqual({ ...finished(), [next]: ['AWSPENDING'] });
  });
});

describe('a wrong version', () => {
  it('is not taken AWSCURRENT from: only the one that was current at the start is', async () => {
    world.rotation = { ...world.rotation, currentVersionId: randomUUID() };
    const before = world.labels;

    await expect(run()).rejects.toThrow(RotationSupersededError);
    expect(world.labels).toEqual(before);
  });

  it('is not promoted without its label', async () => {
    world.store.label(world.secretId, { label: 'AWSPENDING', versionId: undefined });

    await expect(run()).rejects.toThrow(RotationSupersededError);
    expect(world.labels).toEqual({ [world.first]: ['AWSCURRENT'] });
  });
});

describe('a missing version', () => {
  it('is not promoted', async () => {
    world.rotation = { ...world.rotation, clientRequestToken: randomUUID() };

    await expect(run()).rejects.toThrow(RotationSupersededError);
  });

  it('under AWSCURRENT means that somebody else is at work', async () => {
    world.store.label(world.secretId, { label: 'AWSCURRENT', versionId: undefined });

    await expect(run()).rejects.toThrow(RotationSupersededError);
  });

  it('of a secret that is gone is told as the secret’s absence', async () => {
    world.rotation = { ...world.rotation, secretId: 'prod/other' };

    await expect(run()).rejects.toThrow(SecretNotFoundError);
  });

  it('of a secret that waits for its deletion is refused by the store', async () => {
    world.store.setState(world.secretId, { deleted: true });

    await expect(run()).rejects.toThrow(StoreRequestRefusedError);
  });
});

describe('a race', () => {
  it('in which somebody stored a value before leaves AWSCURRENT with it', async () => {
    const { versionId } = world.store.putByHand({ secretId: world.secretId, text: secretText() });

    await expect(run()).rejects.toThrow(RotationSupersededError);
    expect(world.labels[versionId]).toEqual(['AWSCURRENT']);
  });

  it('in which somebody stores a value between the look and the move leaves AWSCURRENT with it', async () => {
    let byHand = '';
    world.store.interruptNext('moveCurrent', 'before', () => {
      byHand = world.store.putByHand({ secretId: world.secretId, text: secretText() }).versionId;
    });

    await expect(run()).rejects.toThrow(RotationSupersededError);
    expect(world.labels[byHand]).toEqual(['AWSCURRENT']);
  });
});
