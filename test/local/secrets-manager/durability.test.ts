import { randomBytes } from 'node:crypto';
import { chmod, cp, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JournalDamagedError, type SecretsManagerEndpoint, startSecretsManager } from '../../../local/secrets-manager';
import { Scenario, until, version } from './scenario';

describe('the journal', () => {
  let folder: string;
  let journal: string;
  const open: SecretsManagerEndpoint[] = [];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rotor-journal-'));
    journal = join(folder, 'journal');
  });

  afterEach(async () => {
    for (const endpoint of open.splice(0)) await endpoint.close();
    await rm(folder, { recursive: true });
  });

  async function start(): Promise<SecretsManagerEndpoint> {
    const endpoint = await startSecretsManager({ folder });
    open.push(endpoint);
    return endpoint;
  }

  /** The same secret at an endpoint that was started again. */
  async function restart(s: Scenario): Promise<Scenario> {
    await s.endpoint.close();
    const again = new Scenario(await start());
    return Object.assign(again, { name: s.name });
  }

  async function everythingOf(s: Scenario): Promise<unknown> {
    const versions = await s.call('ListSecretVersionIds', { IncludeDeprecated: true });
    const ids = (versions.Versions as { VersionId: string }[]).map(({ VersionId }) => VersionId);
    const values = [];
    for (const VersionId of ids) values.push(await s.call('GetSecretValue', { VersionId }));
    return [await s.call('DescribeSecret'), await s.call('ListSecretVersionIds', { IncludeDeprecated: true }), values];
  }

  it('brings everything back, with and without compaction', async () => {
    let s = new Scenario(await start());
    const input = { Description: 'd', Tags: [{ Key: 'k', Value: 'v' }], KmsKeyId: 'alias/key', Type: 't' };
    await s.create(1, input);
    await s.put(2, ['AWSPENDING', 'custom']);
    await s.put(3);
    await s.put(4);
    await s.call('UpdateSecret', { SecretBinary: 'AP8=', ClientRequestToken: version(5) });
    await s.move('AWSPENDING', { from: 2 });
    const before = await everythingOf(s);

    s = await restart(s);
    expect(await everythingOf(s)).toEqual(before);
    s = await restart(s);
    expect(await everythingOf(s)).toEqual(before);
  });

  it('brings deletions back, and forgets what was purged', async () => {
    let s = new Scenario(await start());
    await s.create(1);
    await s.call('DeleteSecret');
    const before = await s.call('DescribeSecret');
    s = await restart(s);
    expect(await s.call('DescribeSecret')).toEqual(before);

    s.endpoint.controls.clock.advance(31 * 86_400_000);
    s = await restart(s);

    expect((await s.refusal('DescribeSecret')).type).toBe('ResourceNotFoundException');
  });

  it('takes a rotation up again that was under way', async () => {
    const first = await startSecretsManager({ folder, rotationFunction: () => new Promise(() => undefined) });
    const s = new Scenario(first);
    await s.create(1);
    await s.call('RotateSecret', { ClientRequestToken: version(2), RotationLambdaARN: 'arn' });
    await s.reported('RotationStarted');
    await first.close();
    const steps: string[] = [];

    const second = await startSecretsManager({
      folder,
      rotationFunction: ({ Step, ClientRequestToken }) => {
        steps.push(`${Step} ${ClientRequestToken}`);
      },
    });
    open.push(second);
    await until(() => steps.length === 4, 'the rotation was not taken up');

    expect(steps[0]).toBe(`createSecret ${version(2)}`);
  });

  it('cuts a torn last record off, wherever it was torn', async () => {
    let s = new Scenario(await start());
    await s.create(1);
    const { size: whole } = await stat(journal);
    await s.put(2);
    await s.endpoint.close();
    const { size } = await stat(journal);
    const copy = `${journal}.copy`;
    await cp(journal, copy);

    for (const length of [whole, whole + 1, whole + 13, size - 2, size - 1]) {
      await cp(copy, journal);
      await truncate(journal, length);
      s = await restart(s);
      expect(await s.labels()).toEqual({ v1: 'C' });
      await s.put(3);
      s = await restart(s);
      expect(await s.labels()).toEqual({ v1: 'V', v3: 'C' });
      await s.endpoint.close();
    }
  });

  it('names file and offset of a damaged record, wherever it is damaged', async () => {
    const s = new Scenario(await start());
    await s.create(1);
    const offsets = [(await stat(journal)).size];
    for (const number of [2, 3]) {
      await s.put(number);
      offsets.push((await stat(journal)).size);
    }
    await s.endpoint.close();
    const sound = await readFile(journal);

    const [first = 0, second = 0, third = 0] = offsets;
    for (const [at, offset] of [
      [first, first],
      [first + 40, first],
      [second - 3, first],
      [second + 5, second],
      [third - 2, second],
    ] as const) {
      const damaged = Buffer.from(sound);
      damaged[at] = damaged[at] === 0x41 ? 0x42 : 0x41;
      await writeFile(journal, damaged);
      const error: unknown = await startSecretsManager({ folder }).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(JournalDamagedError);
      expect(error).toMatchObject({ file: journal, offset });
      expect(await readFile(journal)).toEqual(damaged);
    }
  });

  it.each(['removed', 'repeated', 'swapped'])('takes a record that was %s for damage', async (how) => {
    const s = new Scenario(await start());
    await s.create(1);
    await s.put(2);
    await s.put(3);
    await s.endpoint.close();
    const [header = '', one = '', two = '', three = ''] = (await readFile(journal, 'latin1')).split('\n');
    const lines = { removed: [one, three], repeated: [one, two, two, three], swapped: [two, one, three] }[how] ?? [];
    await writeFile(journal, [header, ...lines, ''].join('\n'), 'latin1');

    await expect(startSecretsManager({ folder })).rejects.toThrow('is damaged at offset');
  });

  it('takes a damaged first line for damage', async () => {
    await (await start()).close();
    await writeFile(journal, 'nonsense\n');

    await expect(startSecretsManager({ folder })).rejects.toThrow('is damaged at offset 0');
  });

  it('starts empty where not even the first line was finished', async () => {
    await (await start()).close();
    await truncate(journal, 20);

    const s = new Scenario(await start());

    expect((await s.call('ListSecrets')).SecretList).toEqual([]);
  });

  it('refuses a key file that others can read, and a missing one', async () => {
    await (await start()).close();
    await chmod(join(folder, 'key'), 0o644);
    await expect(startSecretsManager({ folder })).rejects.toThrow('mode 0644; it must be 0600');

    await rm(join(folder, 'key'));
    await expect(startSecretsManager({ folder })).rejects.toThrow('is missing');
  });

  it('refuses a second endpoint on the folder, and takes over from a dead one', async () => {
    const first = await start();
    await expect(startSecretsManager({ folder })).rejects.toThrow('in use');
    await first.close();
    await writeFile(join(folder, 'lock'), '999999999 gone\n');

    await expect(start()).resolves.toBeDefined();
  });

  it('compacts at start', async () => {
    const s = new Scenario(await start());
    await s.create(1);
    for (let round = 0; round < 50; round += 1)
      await s.call('UpdateSecret', { Description: `${round}`, ClientRequestToken: version(9) });
    await s.endpoint.close();
    const { size } = await stat(journal);

    await start();

    expect((await stat(journal)).size).toBeLessThan(size / 10);
  });

  it('compacts when it has grown, while it is written, and loses nothing', async () => {
    const s = new Scenario(await start());
    await s.create(1);
    const stories: Scenario[] = [];
    const sizes: number[] = [];

    while (sizes.length < 3 || Number(sizes.at(-1)) >= Number(sizes.at(-2))) {
      const story = new Scenario(s.endpoint);
      await story.create(1);
      const Description = randomBytes(1024).toString('hex');
      const input = { Description, ClientRequestToken: version(9) };
      await Promise.all([story.put(2), ...Array.from({ length: 64 }, () => s.call('UpdateSecret', input))]);
      stories.push(story);
      sizes.push((await stat(journal)).size);
      expect(sizes.length).toBeLessThan(200);
    }
    stories.push(new Scenario(s.endpoint));
    await stories.at(-1)?.create(1);
    const before = await Promise.all(stories.map(everythingOf));
    const names = stories.map((story) => story.name);
    const { endpoint } = await restart(s);

    const again = names.map((name) => Object.assign(new Scenario(endpoint), { name }));
    expect(await Promise.all(again.map(everythingOf))).toEqual(before);
  });
});
