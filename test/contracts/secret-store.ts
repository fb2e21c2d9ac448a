import { randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import {
  RotationError,
  RotationSupersededError,
  SecretNotFoundError,
  StoreRequestRefusedError,
} from '../../rotation/errors';
import { type SecretStore } from '../../rotation/secret-store';
import { Sensitive } from '../../rotation/sensitive';

/** A store, and what its owners and AWS do to secrets behind the back of a rotation. */
export interface SecretStoreUnderTest {
  readonly store: SecretStore;
  /** Without a text: a secret that has no version yet. */
  createSecret(secret: { name: string; text?: string }): Promise<{ arn: string; versionId: string }>;
  /** Stores a value by hand: AWSCURRENT goes to it. */
  putByHand(secret: { secretId: string; text: string }): Promise<{ versionId: string }>;
  /** Begins a rotation as AWS does: a version that has AWSPENDING and no value. */
  createEmptyPending(version: { secretId: string; versionId: string }): Promise<void>;
  /** Begins to close a token, as an attempt that dies half-way. */
  closeHalfway(request: { secretId: string; clientRequestToken: string }): Promise<void>;
  /** Schedules the deletion. */
  deleteSecret(secretId: string): Promise<void>;
  close(): Promise<void>;
}

/** What every {@link SecretStore} must do: run on each adapter and on the fake that other tests lean on. */
export function describeSecretStoreContract(subject: {
  name: string;
  start: () => Promise<SecretStoreUnderTest>;
}): void {
  describe(`${subject.name} as a secret store`, () => {
    let world: SecretStoreUnderTest;
    let store: SecretStore;

    beforeAll(async () => {
      world = await subject.start();
      store = world.store;
    });

    afterAll(async () => {
      await world.close();
    });

    const aName = (): string => `contract/${randomUUID()}/db`;

    async function aSecret(text = 'first'): Promise<{ secretId: string; name: string; first: string }> {
      const name = aName();
      const { arn, versionId } = await world.createSecret({ name, text });
      return { secretId: arn, name, first: versionId };
    }

    async function aSecretWithPending(): Promise<{ secretId: string; first: string; pending: string }> {
      const { secretId, first } = await aSecret();
      const pending = randomUUID();
      await store.putPending({ secretId, clientRequestToken: pending, text: new Sensitive('second') });
      return { secretId, first, pending };
    }

    async function labelsOf(secretId: string): Promise<Record<string, string[]>> {
      const { labels } = await store.describe(secretId);
      return Object.fromEntries(Object.entries(labels).map(([versionId, held]) => [versionId, [...held].sort()]));
    }

    describe('describe', () => {
      it('tells the identity, the labels and the state of a secret', async () => {
        const { secretId, name, first } = await aSecret();

        const description = await store.describe(secretId);

        expect(description).toEqual({
          arn: secretId,
          name,
          labels: { [first]: ['AWSCURRENT'] },
          deleted: false,
          rotatedByAws: false,
          replicated: false,
        });
      });

      it('tells no labels of a secret without a value', async () => {
        const { arn } = await world.createSecret({ name: aName() });

        expect((await store.describe(arn)).labels).toEqual({});
      });

      it('tells that a secret waits for its deletion', async () => {
        const { secretId } = await aSecret();
        await world.deleteSecret(secretId);

        expect(await store.describe(secretId)).toMatchObject({ arn: secretId, deleted: true });
      });

      it('leaves out a version that has no label any more', async () => {
        const { secretId, first } = await aSecret();
        const { versionId: second } = await world.putByHand({ secretId, text: 'second' });
        const { versionId: third } = await world.putByHand({ secretId, text: 'third' });

        const labels = await labelsOf(secretId);

        expect(labels).toEqual({ [second]: ['AWSPREVIOUS'], [third]: ['AWSCURRENT'] });
        expect(labels).not.toHaveProperty([first]);
      });
    });

    describe('finding a secret', () => {
      it.each([
        ['its name', ({ name }: { name: string; arn: string }) => name],
        ['its full ARN', ({ arn }: { name: string; arn: string }) => arn],
        ['its ARN without the suffix', ({ arn }: { name: string; arn: string }) => arn.slice(0, -7)],
      ])('finds it by %s', async (_, idOf) => {
        const { secretId: arn, name, first } = await aSecret('found');
        const secretId = idOf({ name, arn });

        const description = await store.describe(secretId);
        const version = await store.readLabel({ secretId, label: 'AWSCURRENT' });

        expect(description.arn).toBe(arn);
        expect(version).toMatchObject({ versionId: first, labels: ['AWSCURRENT'] });
      });

      it('does not find a name that looks like one with a suffix by a partial ARN', async () => {
        const { arn } = await world.createSecret({ name: `${aName()}-abcdef`, text: 'first' });

        await expect(store.describe(arn.slice(0, -7))).rejects.toThrow(SecretNotFoundError);
      });
    });

    describe('reading', () => {
      it('reads a version by its id, with its labels', async () => {
        const { secretId, pending } = await aSecretWithPending();

        const version = await store.readVersion({ secretId, versionId: pending });

        expect(version?.text.reveal()).toBe('second');
        expect(version).toMatchObject({ versionId: pending, labels: ['AWSPENDING'] });
      });

      it('reads the version under each label', async () => {
        const { secretId, first, pending } = await aSecretWithPending();
        await store.moveCurrent({ secretId, from: first, to: pending });

        const current = await store.readLabel({ secretId, label: 'AWSCURRENT' });
        const previous = await store.readLabel({ secretId, label: 'AWSPREVIOUS' });

        expect([current?.versionId, current?.text.reveal()]).toEqual([pending, 'second']);
        expect([previous?.versionId, previous?.text.reveal()]).toEqual([first, 'first']);
      });

      it('reads a version that has no label any more', async () => {
        const { secretId, pending } = await aSecretWithPending();
        await store.removePending({ secretId, versionId: pending });

        const version = await store.readVersion({ secretId, versionId: pending });

        expect(version?.text.reveal()).toBe('second');
        expect(version?.labels).toEqual([]);
      });

      it('keeps every character of a text', async () => {
        const text = '{ "password" : "p\\u00e4ss\\n\\"wörd\\"",\t"emoji": "🔑", "n": 1.0e+2, "nul": "\\u0000" }\r\n ';
        const { secretId } = await aSecret(text);

        const version = await store.readLabel({ secretId, label: 'AWSCURRENT' });

        expect(version?.text.reveal()).toBe(text);
      });

      it('knows no version under a label that none holds', async () => {
        const { secretId } = await aSecret();

        await expect(store.readLabel({ secretId, label: 'AWSPREVIOUS' })).resolves.toBeUndefined();
        await expect(store.readLabel({ secretId, label: 'AWSPENDING' })).resolves.toBeUndefined();
      });

      it('knows no version under an id that none has', async () => {
        const { secretId } = await aSecret();

        await expect(store.readVersion({ secretId, versionId: randomUUID() })).resolves.toBeUndefined();
      });

      it('knows no version of a secret without a value', async () => {
        const { arn: secretId } = await world.createSecret({ name: aName() });

        await expect(store.readLabel({ secretId, label: 'AWSCURRENT' })).resolves.toBeUndefined();
      });

      it('knows no version that has a label and no value', async () => {
        const { secretId } = await aSecret();
        const versionId = randomUUID();
        await world.createEmptyPending({ secretId, versionId });

        await expect(store.readVersion({ secretId, versionId })).resolves.toBeUndefined();
        await expect(store.readLabel({ secretId, label: 'AWSPENDING' })).resolves.toBeUndefined();
        expect(await labelsOf(secretId)).toHaveProperty([versionId], ['AWSPENDING']);
      });
    });

    describe('putPending', () => {
      it('stores a version under the token and labels it, beside the current one', async () => {
        const { secretId, first, pending } = await aSecretWithPending();

        expect(await labelsOf(secretId)).toEqual({ [first]: ['AWSCURRENT'], [pending]: ['AWSPENDING'] });
      });

      it.each(['the same', 'another'])('keeps the first value when it is repeated with %s value', async (which) => {
        const { secretId, pending } = await aSecretWithPending();
        const before = await labelsOf(secretId);
        const text = new Sensitive(which === 'another' ? 'third' : 'second');

        await expect(store.putPending({ secretId, clientRequestToken: pending, text })).resolves.toBeUndefined();

        expect((await store.readVersion({ secretId, versionId: pending }))?.text.reveal()).toBe('second');
        expect(await labelsOf(secretId)).toEqual(before);
      });

      it('does not label a version again that lost its label', async () => {
        const { secretId, first, pending } = await aSecretWithPending();
        await store.removePending({ secretId, versionId: pending });

        await store.putPending({ secretId, clientRequestToken: pending, text: new Sensitive('second') });

        expect(await labelsOf(secretId)).toEqual({ [first]: ['AWSCURRENT'] });
      });

      it('lets one value win where several are put under one token at once', async () => {
        const { secretId, first } = await aSecret();
        const clientRequestToken = randomUUID();
        const put = (value: string): Promise<void> =>
          store.putPending({ secretId, clientRequestToken, text: new Sensitive(value) });

        await Promise.all(['a', 'b', 'c', 'd'].map(put));

        const winner = await store.readVersion({ secretId, versionId: clientRequestToken });
        expect(['a', 'b', 'c', 'd']).toContain(winner?.text.reveal());
        expect(await labelsOf(secretId)).toEqual({ [first]: ['AWSCURRENT'], [clientRequestToken]: ['AWSPENDING'] });
      });

      it('takes the label from the version that holds it', async () => {
        const { secretId, first } = await aSecretWithPending();
        const clientRequestToken = randomUUID();

        await store.putPending({ secretId, clientRequestToken, text: new Sensitive('third') });

        expect(await labelsOf(secretId)).toEqual({ [first]: ['AWSCURRENT'], [clientRequestToken]: ['AWSPENDING'] });
      });

      it('fills a version that has the label and no value', async () => {
        const { secretId } = await aSecret();
        const versionId = randomUUID();
        await world.createEmptyPending({ secretId, versionId });

        await store.putPending({ secretId, clientRequestToken: versionId, text: new Sensitive('filled') });

        const version = await store.readVersion({ secretId, versionId });
        expect(version?.text.reveal()).toBe('filled');
        expect(version?.labels).toEqual(['AWSPENDING']);
      });

      it('refuses a token that is too short for a version id', async () => {
        const { secretId, first } = await aSecret();

        const put = store.putPending({ secretId, clientRequestToken: 'short', text: new Sensitive('second') });

        await expect(put).rejects.toThrow(StoreRequestRefusedError);
        expect(await labelsOf(secretId)).toEqual({ [first]: ['AWSCURRENT'] });
      });
    });

    describe('moveCurrent', () => {
      it('moves AWSCURRENT, leaves AWSPREVIOUS behind and AWSPENDING where it is', async () => {
        const { secretId, first, pending } = await aSecretWithPending();

        await store.moveCurrent({ secretId, from: first, to: pending });

        expect(await labelsOf(secretId)).toEqual({ [first]: ['AWSPREVIOUS'], [pending]: ['AWSCURRENT', 'AWSPENDING'] });
      });

      it('takes AWSPREVIOUS from the version that held it', async () => {
        const { secretId, first, pending } = await aSecretWithPending();
        await store.moveCurrent({ secretId, from: first, to: pending });
        const third = randomUUID();
        await store.putPending({ secretId, clientRequestToken: third, text: new Sensitive('third') });

        await store.moveCurrent({ secretId, from: pending, to: third });

        expect(await labelsOf(secretId)).toEqual({ [pending]: ['AWSPREVIOUS'], [third]: ['AWSCURRENT', 'AWSPENDING'] });
      });

      it('changes nothing when it is repeated', async () => {
        const { secretId, first, pending } = await aSecretWithPending();
        await store.moveCurrent({ secretId, from: first, to: pending });
        const before = await labelsOf(secretId);

        await store.moveCurrent({ secretId, from: first, to: pending });

        expect(await labelsOf(secretId)).toEqual(before);
      });

      it('moves nothing when somebody else has moved the label', async () => {
        const { secretId, first, pending } = await aSecretWithPending();
        await world.putByHand({ secretId, text: 'by hand' });
        const before = await labelsOf(secretId);

        const move = store.moveCurrent({ secretId, from: first, to: pending });

        await expect(move).rejects.toThrow(RotationSupersededError);
        expect(await labelsOf(secretId)).toEqual(before);
      });

      it('lets one of several moves at once succeed', async () => {
        const { secretId, first } = await aSecret();
        const versions = [randomUUID(), randomUUID(), randomUUID()];
        for (const clientRequestToken of versions) {
          await store.putPending({ secretId, clientRequestToken, text: new Sensitive(clientRequestToken) });
        }

        const moves = await Promise.allSettled(versions.map((to) => store.moveCurrent({ secretId, from: first, to })));

        const winner = versions[moves.findIndex(({ status }) => status === 'fulfilled')];
        const lost = moves.flatMap((move) => (move.status === 'rejected' ? [move.reason as unknown] : []));
        expect((await store.readLabel({ secretId, label: 'AWSCURRENT' }))?.versionId).toBe(winner);
        expect(lost).toEqual([expect.any(RotationSupersededError), expect.any(RotationSupersededError)]);
      });

      it('moves nothing to a version that does not exist', async () => {
        const { secretId, first } = await aSecret();

        const move = store.moveCurrent({ secretId, from: first, to: randomUUID() });

        await expect(move).rejects.toThrow(StoreRequestRefusedError);
        expect(await labelsOf(secretId)).toEqual({ [first]: ['AWSCURRENT'] });
      });

      it('moves nothing to a version without a value', async () => {
        const { secretId, first } = await aSecret();
        const empty = randomUUID();
        await world.createEmptyPending({ secretId, versionId: empty });

        const move = store.moveCurrent({ secretId, from: first, to: empty });

        await expect(move).rejects.toThrow(StoreRequestRefusedError);
        expect(await labelsOf(secretId)).toEqual({ [first]: ['AWSCURRENT'], [empty]: ['AWSPENDING'] });
      });
    });

    describe('removePending', () => {
      it('takes the label off the version', async () => {
        const { secretId, first, pending } = await aSecretWithPending();

        await store.removePending({ secretId, versionId: pending });

        expect(await labelsOf(secretId)).toEqual({ [first]: ['AWSCURRENT'] });
      });

      it('takes the label off a version that is current and leaves it current', async () => {
        const { secretId, first, pending } = await aSecretWithPending();
        await store.moveCurrent({ secretId, from: first, to: pending });

        await store.removePending({ secretId, versionId: pending });

        expect(await labelsOf(secretId)).toEqual({ [first]: ['AWSPREVIOUS'], [pending]: ['AWSCURRENT'] });
      });

      it('changes nothing when it is repeated', async () => {
        const { secretId, first, pending } = await aSecretWithPending();
        await store.removePending({ secretId, versionId: pending });

        await store.removePending({ secretId, versionId: pending });

        expect(await labelsOf(secretId)).toEqual({ [first]: ['AWSCURRENT'] });
      });

      it('leaves the label on another version alone', async () => {
        const { secretId, first, pending } = await aSecretWithPending();

        await store.removePending({ secretId, versionId: first });
        await store.removePending({ secretId, versionId: randomUUID() });

        expect(await labelsOf(secretId)).toEqual({ [first]: ['AWSCURRENT'], [pending]: ['AWSPENDING'] });
      });
    });

    describe('closeToken', () => {
      it('occupies the token, and leaves no label', async () => {
        const { secretId, first } = await aSecret();
        const clientRequestToken = randomUUID();

        await expect(store.closeToken({ secretId, clientRequestToken })).resolves.toBe(true);

        const version = await store.readVersion({ secretId, versionId: clientRequestToken });
        expect([version?.text.reveal(), version?.labels]).toEqual(['{}', []]);
        expect(await labelsOf(secretId)).toEqual({ [first]: ['AWSCURRENT'] });
      });

      it('lets nothing be stored under the token any more', async () => {
        const { secretId, first } = await aSecret();
        const clientRequestToken = randomUUID();
        await store.closeToken({ secretId, clientRequestToken });

        await store.putPending({ secretId, clientRequestToken, text: new Sensitive('late') });

        expect((await store.readVersion({ secretId, versionId: clientRequestToken }))?.text.reveal()).toBe('{}');
        expect(await labelsOf(secretId)).toEqual({ [first]: ['AWSCURRENT'] });
      });

      it('touches no label of another version', async () => {
        const { secretId, first, pending } = await aSecretWithPending();
        await store.moveCurrent({ secretId, from: first, to: pending });
        await store.putPending({ secretId, clientRequestToken: randomUUID(), text: new Sensitive('third') });
        const before = await labelsOf(secretId);

        await store.closeToken({ secretId, clientRequestToken: randomUUID() });

        expect(Object.values(before).flat().sort()).toEqual(['AWSCURRENT', 'AWSPENDING', 'AWSPREVIOUS']);
        expect(await labelsOf(secretId)).toEqual(before);
      });

      it('changes nothing when it is repeated', async () => {
        const { secretId, first } = await aSecret();
        const clientRequestToken = randomUUID();
        await store.closeToken({ secretId, clientRequestToken });

        await expect(store.closeToken({ secretId, clientRequestToken })).resolves.toBe(true);

        expect(await labelsOf(secretId)).toEqual({ [first]: ['AWSCURRENT'] });
      });

      it('completes what an attempt that died half-way left', async () => {
        const { secretId, first } = await aSecret();
        const clientRequestToken = randomUUID();
        await world.closeHalfway({ secretId, clientRequestToken });
        expect(await labelsOf(secretId)).toHaveProperty([clientRequestToken]);

        await expect(store.closeToken({ secretId, clientRequestToken })).resolves.toBe(true);

        expect(await labelsOf(secretId)).toEqual({ [first]: ['AWSCURRENT'] });
      });

      it('is not disturbed by what another token’s attempt left half-way', async () => {
        const { secretId, first } = await aSecret();
        await world.closeHalfway({ secretId, clientRequestToken: randomUUID() });

        await expect(store.closeToken({ secretId, clientRequestToken: randomUUID() })).resolves.toBe(true);

        expect(await labelsOf(secretId)).toEqual({ [first]: ['AWSCURRENT'] });
      });

      it.each(['pending', 'current', 'without a label'])('leaves a version alone that is %s', async (state) => {
        const { secretId, first, pending } = await aSecretWithPending();
        if (state === 'current') await store.moveCurrent({ secretId, from: first, to: pending });
        if (state === 'without a label') await store.removePending({ secretId, versionId: pending });
        const before = await labelsOf(secretId);

        await expect(store.closeToken({ secretId, clientRequestToken: pending })).resolves.toBe(false);

        expect((await store.readVersion({ secretId, versionId: pending }))?.text.reveal()).toBe('second');
        expect(await labelsOf(secretId)).toEqual(before);
      });

      it('and putPending at once: the one that came first stands', async () => {
        const { secretId, first } = await aSecret();
        const clientRequestToken = randomUUID();
        const text = new Sensitive('second');

        const [isClosed] = await Promise.all([
          store.closeToken({ secretId, clientRequestToken }),
          store.putPending({ secretId, clientRequestToken, text }),
        ]);

        const stored = await store.readVersion({ secretId, versionId: clientRequestToken });
        expect(stored?.text.reveal()).toBe(isClosed ? '{}' : 'second');
        const labels = isClosed ? {} : { [clientRequestToken]: ['AWSPENDING'] };
        expect(await labelsOf(secretId)).toEqual({ [first]: ['AWSCURRENT'], ...labels });
      });
    });

    describe('refusing', () => {
      const versionId = randomUUID();
      const text = new Sensitive('canary-3b1f');
      const members: Record<string, (secretId: string) => Promise<unknown>> = {
        describe: (secretId) => store.describe(secretId),
        readVersion: (secretId) => store.readVersion({ secretId, versionId }),
        readLabel: (secretId) => store.readLabel({ secretId, label: 'AWSCURRENT' }),
        putPending: (secretId) => store.putPending({ secretId, clientRequestToken: versionId, text }),
        moveCurrent: (secretId) => store.moveCurrent({ secretId, from: randomUUID(), to: versionId }),
        removePending: (secretId) => store.removePending({ secretId, versionId }),
        closeToken: (secretId) => store.closeToken({ secretId, clientRequestToken: versionId }),
      };
      const changingOrReading = Object.entries(members).filter(([name]) => name !== 'describe');

      it.each(Object.entries(members))('%s knows no secret that does not exist', async (_, call) => {
        const secretId = aName();

        const error = await failureOf(call(secretId));

        expect(error).toBeInstanceOf(SecretNotFoundError);
        expect(error.ids.secretId).toBe(secretId);
        expect(error.message).toContain(secretId);
      });

      it.each(changingOrReading)('%s refuses a secret that waits for its deletion', async (_, call) => {
        const { secretId } = await aSecret();
        await world.deleteSecret(secretId);

        const error = await failureOf(call(secretId));

        expect(error).toBeInstanceOf(StoreRequestRefusedError);
        expect(error.message).toContain('deletion');
      });

      it('shows no value in any error', async () => {
        const { secretId } = await aSecret('canary-77aa');
        const { secretId: deleted } = await aSecret('canary-77aa');
        await world.deleteSecret(deleted);

        const errors = await Promise.all([
          failureOf(store.putPending({ secretId: aName(), clientRequestToken: versionId, text })),
          failureOf(store.putPending({ secretId: deleted, clientRequestToken: versionId, text })),
          failureOf(store.putPending({ secretId, clientRequestToken: 'short', text })),
          failureOf(store.moveCurrent({ secretId, from: versionId, to: randomUUID() })),
          failureOf(store.readLabel({ secretId: deleted, label: 'AWSCURRENT' })),
        ]);

        for (const error of errors) expect(everythingShownBy(error)).not.toContain('canary');
      });
    });
  });
}

/** The domain error that a call ends in. */
async function failureOf(call: Promise<unknown>): Promise<RotationError> {
  const outcome = await call.then(
    () => 'nothing was refused',
    (err: unknown) => err,
  );
  if (outcome instanceof RotationError) return outcome;
  throw new Error(`Expected an error of the domain, got ${inspect(outcome)}`);
}

function everythingShownBy(error: Error): string {
  return [inspect(error, { depth: null, showHidden: true }), JSON.stringify(error), error.stack, String(error)].join(
    '\n',
  );
}
