import { type SecretsManagerEndpoint, startSecretsManager } from '../../../local/secrets-manager';
import { Scenario, version } from './scenario';

const C = 'AWSCURRENT';
const P = 'AWSPENDING';

interface Row {
  readonly rule: string;
  readonly claim: string;
  readonly story: (s: Scenario) => Promise<void>;
}

const scenarios: readonly Row[] = [
  {
    rule: 'L1',
    claim: 'custom labels leave a plain read alone, a put without labels moves it',
    story: async (s) => {
      await s.create(1);

      const put = await s.put(2, ['SAMPLESTAGE0', 'SAMPLESTAGE1']);

      expect(put.VersionId).toBe(version(2));
      expect(put.VersionStages).toEqual(['SAMPLESTAGE0', 'SAMPLESTAGE1']);
      expect(await s.current()).toBe('value 1');
      await s.put(3, ['SAMPLESTAGE0', 'SAMPLESTAGE1']);
      expect(await s.current()).toBe('value 1');
      await s.put(4, [P]);
      expect(await s.current()).toBe('value 1');
      expect((await s.put(5)).VersionStages).toEqual([C]);
      expect(await s.current()).toBe('value 5');
    },
  },
  {
    rule: 'L2',
    claim: 'UpdateSecret makes a version only of a value',
    story: async (s) => {
      await s.create(1);
      expect(await s.labels()).toEqual({ v1: 'C' });
      const fresh = await s.call('DescribeSecret');
      expect(fresh).not.toHaveProperty('Description');
      expect(fresh).not.toHaveProperty('LastAccessedDate');

      const described = await s.call('UpdateSecret', { Description: 'one', ClientRequestToken: version(9) });
      expect(Object.keys(described).sort()).toEqual(['ARN', 'Name']);
      expect((await s.update(2, { Description: 'two' })).VersionId).toBe(version(2));
      expect(await s.labels()).toEqual({ v1: 'V', v2: 'C' });
      await s.update(3);
      expect(await s.labels()).toEqual({ v2: 'V', v3: 'C' });

      const before = await s.call('DescribeSecret');
      const nothing = await s.call('UpdateSecret', { ClientRequestToken: version(8) });
      const after = await s.call('DescribeSecret');
      expect(Object.keys(nothing).sort()).toEqual(['ARN', 'Name']);
      expect({ ...after, LastChangedDate: 0 }).toEqual({ ...before, LastChangedDate: 0 });
    },
  },
  {
    rule: 'L3',
    claim: 'UpdateSecretVersionStage answers with ARN and name only',
    story: async (s) => {
      await s.create(1);
      expect(Object.keys(await s.move('custom', { to: 1 })).sort()).toEqual(['ARN', 'Name']);
    },
  },
  {
    rule: 'L4',
    claim: 'a new current version makes the old one previous',
    story: async (s) => {
      await s.create(1);
      expect(await s.listed()).toEqual({ v1: 'C' });
      await s.update(2);
      expect(await s.listed()).toEqual({ v1: 'V', v2: 'C' });
    },
  },
  {
    rule: 'L5',
    claim: 'AWSPENDING stays when AWSCURRENT moves to it, and vanishes when a put takes AWSCURRENT away',
    story: async (s) => {
      await s.create(1);
      await s.put(2, [P]);
      expect(await s.labels()).toEqual({ v1: 'C', v2: 'P' });
      await s.move(C, { from: 1, to: 2 });
      expect(await s.labels()).toEqual({ v1: 'V', v2: 'C+P' });
      await s.put(3);
      expect(await s.labels()).toEqual({ v2: 'V', v3: 'C' });
    },
  },
  {
    rule: 'L6',
    claim: 'two rotations follow each other, and plain reads follow AWSCURRENT',
    story: async (s) => {
      await s.create(1);
      await s.put(2, [P]);
      expect(await s.current()).toBe('value 1');
      await s.move(C, { from: 1, to: 2 });
      expect(await s.labels()).toEqual({ v1: 'V', v2: 'C+P' });
      const read = await s.call('GetSecretValue');
      expect((read.VersionStages as string[]).sort()).toEqual([C, P]);
      await s.put(3, [P]);
      expect(await s.labels()).toEqual({ v1: 'V', v2: 'C', v3: 'P' });
      expect(await s.current()).toBe('value 2');
      await s.move(C, { from: 2, to: 3 });
      expect(await s.labels()).toEqual({ v2: 'V', v3: 'C+P' });
      expect(await s.current()).toBe('value 3');
    },
  },
  {
    rule: 'L7',
    claim: 'a custom label stays on its version and can be detached',
    story: async (s) => {
      await s.create(1);
      await s.put(2, ['PENDING']);
      await s.move(C, { from: 1, to: 2 });
      expect(await s.labels()).toEqual({ v1: 'V', v2: 'C+PENDING' });
      await s.move('PENDING', { from: 2 });
      expect(await s.labels()).toEqual({ v1: 'V', v2: 'C' });
    },
  },
  {
    rule: 'L8',
    claim: 'a newer put takes labels away without being told from where',
    story: async (s) => {
      await s.create(1);
      await s.put(2, ['one', 'two', 'three']);
      await s.put(3, ['one', 'two', 'three', 'four']);
      expect(await s.labels()).toEqual({ v1: 'C', v3: 'four+one+three+two' });
    },
  },
  {
    rule: 'L9',
    claim: 'versions without a label are listed only on request and without the VersionStages key',
    story: async (s) => {
      await s.create(1);
      await s.put(2);
      await s.put(3);
      expect(await s.listed()).toEqual({ v2: 'V', v3: 'C' });
      expect(await s.listed({ IncludeDeprecated: true })).toEqual({ v1: '-', v2: 'V', v3: 'C' });
      await s.put(4);
      expect(await s.listed({ IncludeDeprecated: true })).toEqual({ v1: '-', v2: '-', v3: 'V', v4: 'C' });
    },
  },
];

const rules: readonly Row[] = [
  {
    rule: '1.1',
    claim: 'a label whose own name begins with AWS is custom',
    story: async (s) => {
      await s.create(1);
      await s.put(2, ['AWSMINE']);
      expect(await s.labels()).toEqual({ v1: 'C', v2: 'AWSMINE' });
    },
  },
  {
    rule: '1.1',
    claim: 'a version without a label is readable by its id',
    story: async (s) => {
      await s.create(1);
      await s.put(2);
      await s.put(3);
      const read = await s.call('GetSecretValue', { VersionId: version(1) });
      expect([read.SecretString, read.VersionStages]).toEqual(['value 1', []]);
    },
  },
  {
    rule: '1.3',
    claim: 'the same token and value again changes nothing, labels included, and answers with the present labels',
    story: async (s) => {
      await s.create(1);
      await s.put(2, [P]);
      await s.move(C, { from: 1, to: 2 });
      const before = await s.call('DescribeSecret');

      const again = await s.put(2, ['other']);

      expect((again.VersionStages as string[]).sort()).toEqual([C, P]);
      expect(await s.call('DescribeSecret')).toEqual(before);
    },
  },
  ...['PutSecretValue', 'UpdateSecret'].map((operation) => ({
    rule: '1.3, 4 row 29',
    claim: `${operation} under a known token with another value is refused and the stored value stays`,
    story: async (s: Scenario) => {
      const { ARN } = await s.create(1);
      const token = version(1);
      expect(await s.refusal(operation, { SecretString: 'another', ClientRequestToken: token })).toEqual({
        status: 400,
        type: 'ResourceExistsException',
        text: `You can't use ClientRequestToken ${token} because that value is already in use for a version of secret ${String(ARN)}.`,
      });
      expect(await s.current()).toBe('value 1');
    },
  })),
  {
    rule: '1.3',
    claim: 'binary and text of the same bytes are different values',
    story: async (s) => {
      await s.create(1);
      const SecretBinary = Buffer.from('value 1').toString('base64');
      const { type } = await s.refusal('PutSecretValue', { SecretBinary, ClientRequestToken: version(1) });
      expect(type).toBe('ResourceExistsException');
    },
  },
  {
    rule: '1.3',
    claim: 'UpdateSecret with the value that is current under its own token keeps the labels',
    story: async (s) => {
      await s.create(1);
      await s.update(2);
      expect((await s.update(2)).VersionId).toBe(version(2));
      expect(await s.labels()).toEqual({ v1: 'V', v2: 'C' });
    },
  },
  {
    rule: '1.3',
    claim: 'LastChangedDate grows on every UpdateSecret',
    story: async (s) => {
      await s.create(1);
      const dates: unknown[] = [(await s.call('DescribeSecret')).LastChangedDate];
      for (let round = 0; round < 3; round += 1) {
        await s.update(1);
        dates.push((await s.call('DescribeSecret')).LastChangedDate);
      }
      expect(new Set(dates).size).toBe(4);
      expect(dates).toEqual([...dates].sort());
    },
  },
  {
    rule: '1.3',
    claim: 'AWSCURRENT may be given together with other labels',
    story: async (s) => {
      await s.create(1);
      await s.put(2, [C, 'custom']);
      expect(await s.labels()).toEqual({ v1: 'V', v2: 'C+custom' });
    },
  },
  {
    rule: '1.3',
    claim: 'a plain put clears a rotation that is stuck on the current version, not one on another',
    story: async (s) => {
      await s.create(1);
      await s.put(2, [P]);
      await s.put(3);
      expect(await s.labels()).toEqual({ v1: 'V', v2: 'P', v3: 'C' });
    },
  },
  {
    rule: '2.3.5',
    claim: 'custom labels stay on the version that a put makes previous',
    story: async (s) => {
      await s.create(1);
      await s.move('mine', { to: 1 });
      await s.put(2);
      expect(await s.labels()).toEqual({ v1: 'V+mine', v2: 'C' });
    },
  },
  {
    rule: '1.4',
    claim: 'a label that is attached elsewhere does not move without RemoveFromVersionId',
    story: async (s) => {
      await s.create(1);
      await s.put(2, [P]);
      expect(await s.moveRefusal(C, { to: 2 })).toEqual({
        status: 400,
        type: 'InvalidParameterException',
        text: `The parameter RemoveFromVersionId can't be empty. Staging label AWSCURRENT is currently attached to version ${version(1)}, so you must explicitly reference that version in RemoveFromVersionId.`,
      });
      expect(await s.labels()).toEqual({ v1: 'C', v2: 'P' });
    },
  },
  {
    rule: '1.4, 4 row 30',
    claim: 'a label does not move off a version that does not hold it',
    story: async (s) => {
      await s.create(1);
      await s.put(2, [P]);
      const { type } = await s.moveRefusal(C, { from: 2, to: 2 });
      expect(type).toBe('InvalidParameterException');
      expect(await s.labels()).toEqual({ v1: 'C', v2: 'P' });
    },
  },
  {
    rule: '1.4',
    claim: 'a free label is attached without RemoveFromVersionId, also twice',
    story: async (s) => {
      await s.create(1);
      await s.move('free', { to: 1 });
      await s.move('free', { to: 1 });
      expect(await s.labels()).toEqual({ v1: 'C+free' });
    },
  },
  {
    rule: '1.4',
    claim: 'AWSCURRENT can be moved and not removed',
    story: async (s) => {
      await s.create(1);
      expect(await s.moveRefusal(C, { from: 1 })).toEqual({
        status: 400,
        type: 'InvalidParameterException',
        text: 'You can only move staging label AWSCURRENT to a different secret version. It can’t be completely removed.',
      });
    },
  },
  {
    rule: '1.4',
    claim: 'rolling AWSCURRENT back takes AWSPREVIOUS off the version it goes to',
    story: async (s) => {
      await s.create(1);
      await s.put(2);
      await s.move(C, { from: 2, to: 1 });
      expect(await s.labels()).toEqual({ v1: 'C', v2: 'V' });
      expect(await s.current()).toBe('value 1');
    },
  },
  ...[
    { which: 'MoveToVersionId', move: { to: 7 } },
    { which: 'RemoveFromVersionId', move: { from: 7, to: 1 } },
  ].map(({ which, move }) => ({
    rule: '2.3.6',
    claim: `a ${which} that does not exist is not found`,
    story: async (s: Scenario) => {
      await s.create(1);
      const { type, text } = await s.moveRefusal('custom', move);
      expect(type).toBe('ResourceNotFoundException');
      expect(text).toContain(`VersionId: ${version(7)}`);
    },
  })),
  {
    rule: '2.3.6',
    claim: 'a move from nowhere to nowhere is refused',
    story: async (s) => {
      await s.create(1);
      expect((await s.moveRefusal('custom', {})).type).toBe('InvalidParameterException');
    },
  },
  {
    rule: '2.3.7',
    claim: 'a secret holds at most 20 labels',
    story: async (s) => {
      await s.create(1);
      await s.put(
        2,
        Array.from({ length: 18 }, (_, index) => `label-${index}`),
      );
      expect((await s.refusal('PutSecretValue', putOf(3, ['a', 'b']))).type).toBe('LimitExceededException');
      await s.put(3, ['a']);
      expect((await s.moveRefusal('b', { to: 3 })).type).toBe('LimitExceededException');
    },
  },
  {
    rule: '1.3, 2.3.7',
    claim: 'more than 100 versions in a day are refused; a day later the oldest without a label make room',
    story: async (s) => {
      await s.create(1);
      for (let number = 2; number <= 100; number += 1) await s.put(number);
      expect((await s.refusal('PutSecretValue', putOf(101))).type).toBe('LimitExceededException');

      s.endpoint.controls.clock.advance(25 * 60 * 60 * 1000);
      await s.put(101);

      expect((await s.refusal('GetSecretValue', { VersionId: version(1) })).type).toBe('ResourceNotFoundException');
      expect((await s.call('GetSecretValue', { VersionId: version(2) })).SecretString).toBe('value 2');
    },
  },
];

function putOf(number: number, stages: readonly string[] = [C]): Record<string, unknown> {
  return { SecretString: `value ${number}`, ClientRequestToken: version(number), VersionStages: stages };
}

describe('staging labels and versions', () => {
  let endpoint: SecretsManagerEndpoint;

  beforeAll(async () => {
    endpoint = await startSecretsManager();
  });

  afterEach(() => {
    endpoint.controls.clock.reset();
  });
  afterAll(() => endpoint.close());

  it.each([...scenarios, ...rules])('$rule: $claim', async ({ story }) => {
    await story(new Scenario(endpoint));
  });
});
