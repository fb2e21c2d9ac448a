import {
  type AccountCredentials,
  type SecretsManagerEndpoint,
  startSecretsManager,
} from '../../../local/secrets-manager';
import { Scenario, version } from './scenario';

const dayMs = 24 * 60 * 60 * 1000;
const notFound = { status: 400, type: 'ResourceNotFoundException' };
const marked = {
  status: 400,
  type: 'InvalidRequestException',
  text: "You can't perform this operation on the secret because it was marked for deletion.",
};
const stranger: AccountCredentials = {
  accountId: '111111111111',
  accessKeyId: 'STRANGER',
  secretAccessKey: 'stranger-secret',
};

interface Row {
  readonly rule: string;
  readonly claim: string;
  readonly story: (s: Scenario) => Promise<void>;
}

const reads: readonly Row[] = [
  ...[
    'GetSecretValue',
    'ListSecretVersionIds',
    'DescribeSecret',
    'DeleteSecret',
    'RestoreSecret',
    'CancelRotateSecret',
  ].map((operation) => ({
    rule: 'R1',
    claim: `${operation} of an unknown secret`,
    story: async (s: Scenario) => {
      expect(await s.refusal(operation)).toEqual({
        ...notFound,
        text: "Secrets Manager can't find the specified secret.",
      });
    },
  })),
  {
    rule: 'R2',
    claim: 'a label on no version is not found',
    story: async (s) => {
      await s.create(1);
      expect(await s.refusal('GetSecretValue', { VersionStage: 'AWSPENDING' })).toEqual({
        ...notFound,
        text: "Secrets Manager can't find the specified secret value for staging label: AWSPENDING",
      });
    },
  },
  {
    rule: 'R3',
    claim: 'an unknown version id is not found',
    story: async (s) => {
      await s.create(1);
      expect(await s.refusal('GetSecretValue', { VersionId: version(2) })).toEqual({
        ...notFound,
        text: `Secrets Manager can't find the specified secret value for VersionId: ${version(2)}`,
      });
    },
  },
  {
    rule: '1.2',
    claim: 'an id and a label of two versions are an invalid request, not an absent value',
    story: async (s) => {
      await s.create(1);
      await s.put(2, ['AWSPENDING']);
      const mismatch = {
        status: 400,
        type: 'InvalidRequestException',
        text: 'You provided a VersionStage that is not associated to the provided VersionId.',
      };
      expect(await s.refusal('GetSecretValue', { VersionId: version(1), VersionStage: 'AWSPENDING' })).toEqual(
        mismatch,
      );
      expect(await s.refusal('GetSecretValue', { VersionId: version(2), VersionStage: 'absent' })).toEqual(mismatch);
      const both = await s.call('GetSecretValue', { VersionId: version(2), VersionStage: 'AWSPENDING' });
      expect(both.SecretString).toBe('value 2');
    },
  },
  {
    rule: 'R4',
    claim: 'a taken name',
    story: async (s) => {
      await s.create(1);
      expect(await s.refusal('CreateSecret', { SecretString: 'x', ClientRequestToken: version(2) })).toEqual({
        status: 400,
        type: 'ResourceExistsException',
        text: `The operation failed because the secret ${s.name} already exists.`,
      });
    },
  },
  {
    rule: '2.3.4',
    claim: 'CreateSecret again with the same token and value answers as the first time, whatever came after',
    story: async (s) => {
      const first = await s.create(1);
      expect(await s.create(1)).toEqual(first);
      await s.put(2);
      expect(await s.create(1)).toEqual(first);
      expect(await s.labels()).toEqual({ v1: 'V', v2: 'C' });
    },
  },
  {
    rule: 'R5',
    claim: 'a name that is scheduled for deletion',
    story: async (s) => {
      await s.create(1);
      await s.call('DeleteSecret');
      expect(await s.refusal('CreateSecret', { SecretString: 'x', ClientRequestToken: version(1) })).toEqual({
        status: 400,
        type: 'InvalidRequestException',
        text: "You can't create this secret because a secret with this name is already scheduled for deletion.",
      });
    },
  },
  ...(
    [
      ['TagResource', { Tags: [{ Key: 'a', Value: 'b' }] }],
      ['UntagResource', { TagKeys: ['a'] }],
      ['GetSecretValue', {}],
      ['PutSecretValue', { SecretString: 'x', ClientRequestToken: version(2) }],
      ['UpdateSecret', { Description: 'x', ClientRequestToken: version(2) }],
      ['UpdateSecretVersionStage', { VersionStage: 'x', MoveToVersionId: version(1) }],
      ['RotateSecret', { ClientRequestToken: version(2) }],
      ['CancelRotateSecret', {}],
      ['DeleteSecret', {}],
    ] as const
  ).map(([operation, input]) => ({
    rule: operation.startsWith('Tag') || operation.startsWith('Untag') ? 'R6' : '2.3.10',
    claim: `${operation} of a secret that is scheduled for deletion`,
    story: async (s: Scenario) => {
      await s.create(1);
      await s.call('DeleteSecret');
      expect(await s.refusal(operation, input)).toEqual(marked);
    },
  })),
  {
    rule: 'R7',
    claim: 'a secret made without a value has no version until the first put',
    story: async (s) => {
      const made = await s.call('CreateSecret', { ClientRequestToken: version(1) });
      expect(Object.keys(made).sort()).toEqual(['ARN', 'Name']);
      expect(await s.call('CreateSecret', { ClientRequestToken: version(1) })).toEqual(made);
      expect(await s.call('DescribeSecret')).not.toHaveProperty('VersionIdsToStages');
      expect((await s.refusal('GetSecretValue')).text).toBe(
        "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
      );
      await s.put(2);
      expect(await s.labels()).toEqual({ v2: 'C' });
    },
  },
  {
    rule: '5 "contradictory"',
    claim: 'a first put with only custom labels gives exactly those',
    story: async (s) => {
      await s.call('CreateSecret', { ClientRequestToken: version(1) });
      await s.put(2, ['custom']);
      expect(await s.labels()).toEqual({ v2: 'custom' });
    },
  },
  {
    rule: 'R8',
    claim: 'a deletion is scheduled for 30 days unless told otherwise, shown, and taken back',
    story: async (s) => {
      const { ARN } = await s.create(1);
      s.endpoint.controls.clock.set(Date.parse('2026-11-20T10:00:00Z'), { isStopped: true });
      const at = Date.parse('2026-11-20T10:00:00Z') / 1000;
      const deleted = await s.call('DeleteSecret');
      expect(deleted).toEqual({ ARN, Name: s.name, DeletionDate: at + 30 * 86_400 });
      const described = await s.call('DescribeSecret');
      expect([described.DeletedDate, described.VersionIdsToStages]).toEqual([
        at + 30 * 86_400,
        { [version(1)]: ['AWSCURRENT'] },
      ]);
      expect(await s.call('RestoreSecret')).toEqual({ ARN, Name: s.name });
      expect(await s.call('DescribeSecret')).not.toHaveProperty('DeletedDate');
      expect(await s.current()).toBe('value 1');
      expect((await s.call('DeleteSecret', { RecoveryWindowInDays: 7 })).DeletionDate).toBe(at + 7 * 86_400);
    },
  },
  {
    rule: '1.9',
    claim: 'a secret is gone once its window is over, and its name gets a new suffix',
    story: async (s) => {
      const { ARN } = await s.create(1);
      await s.call('DeleteSecret', { RecoveryWindowInDays: 7 });
      s.endpoint.controls.clock.advance(7 * dayMs);
      expect((await s.refusal('DescribeSecret')).type).toBe('ResourceNotFoundException');
      expect((await s.create(2)).ARN).not.toBe(ARN);
      expect((await s.refusal('DescribeSecret', { SecretId: ARN })).type).toBe('ResourceNotFoundException');
    },
  },
  {
    rule: '1.9',
    claim: 'a forced deletion works on a scheduled secret, and the name stays taken for a moment',
    story: async (s) => {
      await s.create(1);
      await s.call('DeleteSecret');
      await s.call('DeleteSecret', { ForceDeleteWithoutRecovery: true });
      const { type, text } = await s.refusal('CreateSecret', { ClientRequestToken: version(2) });
      expect([type, text]).toEqual([
        'InvalidRequestException',
        expect.stringContaining('already scheduled for deletion'),
      ]);
      s.endpoint.controls.clock.advance(5000);
      await s.create(3);
      expect(await s.labels()).toEqual({ v3: 'C' });
    },
  },
  {
    rule: '1.9',
    claim: 'a forced deletion of a name that never existed succeeds',
    story: async (s) => {
      const deleted = await s.call('DeleteSecret', { ForceDeleteWithoutRecovery: true });
      expect(Object.keys(deleted).sort()).toEqual(['ARN', 'DeletionDate', 'Name']);
    },
  },
  {
    rule: 'R9',
    claim:
      'another account describes, tags and lists versions by ARN, and does not read or write under the default key',
    story: async (s) => {
      const { ARN } = await s.create(1);
      const other = new Scenario(s.endpoint, { ...s.endpoint, credentials: stranger });
      const denied = {
        status: 400,
        type: 'InvalidRequestException',
        text: "You can't access a secret from a different AWS account if you encrypt the secret with the default KMS service key.",
      };
      expect((await other.call('DescribeSecret', { SecretId: ARN })).Name).toBe(s.name);
      await other.call('TagResource', { SecretId: ARN, Tags: [{ Key: 'a', Value: 'b' }] });
      expect(Object.keys(await other.listed({ SecretId: ARN }))).toEqual(['v1']);
      expect(await other.refusal('GetSecretValue', { SecretId: ARN })).toEqual(denied);
      const put = { SecretId: ARN, SecretString: 'x', ClientRequestToken: version(2) };
      expect(await other.refusal('PutSecretValue', put)).toEqual(denied);
      expect((await other.refusal('DescribeSecret', { SecretId: s.name })).type).toBe('ResourceNotFoundException');
      await s.call('UpdateSecret', { KmsKeyId: 'alias/shared', ClientRequestToken: version(3) });
      expect((await other.call('GetSecretValue', { SecretId: ARN })).SecretString).toBe('value 1');
    },
  },
  {
    rule: '2.3.2',
    claim: 'name, ARN and ARN without suffix are one secret; other suffixes and Regions are not',
    story: async (s) => {
      const arn = String((await s.create(1)).ARN);
      expect(arn).toMatch(
        new RegExp(`^arn:aws:secretsmanager:us-east-1:000000000000:secret:${s.name}-[A-Za-z0-9]{6}$`),
      );
      for (const SecretId of [s.name, arn, arn.slice(0, -7)]) {
        expect((await s.call('DescribeSecret', { SecretId })).ARN).toBe(arn);
      }
      for (const SecretId of [`${arn.slice(0, -6)}aaaaaa`, arn.slice(0, -1), arn.replace('us-east-1', 'eu-west-1')]) {
        expect((await s.refusal('DescribeSecret', { SecretId })).type).toBe('ResourceNotFoundException');
      }
    },
  },
  {
    rule: '1.1',
    claim: 'a name that ends in a hyphen and six characters is not found by partial ARN',
    story: async (s) => {
      const name = `${s.name}-abcdef`;
      const arn = String((await s.call('CreateSecret', { Name: name, ClientRequestToken: version(1) })).ARN);
      expect((await s.call('DescribeSecret', { SecretId: name })).ARN).toBe(arn);
      expect((await s.refusal('DescribeSecret', { SecretId: arn.slice(0, -7) })).type).toBe(
        'ResourceNotFoundException',
      );
    },
  },
  {
    rule: '1.7',
    claim: 'only what has a value is described, and a last access is a date',
    story: async (s) => {
      await s.create(1);
      expect(Object.keys(await s.call('DescribeSecret')).sort()).toEqual([
        'ARN',
        'CreatedDate',
        'LastChangedDate',
        'Name',
        'VersionIdsToStages',
      ]);
      await s.call('GetSecretValue');
      const first = await s.call('DescribeSecret');
      await s.call('GetSecretValue');
      expect((await s.call('DescribeSecret')).LastAccessedDate).toBe(first.LastAccessedDate);
      expect(Number(first.LastAccessedDate) % 86_400).toBe(0);
      expect(Number(first.CreatedDate)).toBeCloseTo(Date.now() / 1000, -2);
    },
  },
  {
    rule: '1.7',
    claim: 'tags are shown as an empty list after the last one was removed',
    story: async (s) => {
      await s.create(1);
      expect(await s.call('TagResource', { Tags: [{ Key: 'a', Value: '1' }, { Key: 'b' }] })).toEqual({});
      await s.call('TagResource', { Tags: [{ Key: 'a', Value: '2' }] });
      expect((await s.call('DescribeSecret')).Tags).toEqual([
        { Key: 'a', Value: '2' },
        { Key: 'b', Value: '' },
      ]);
      expect(await s.call('UntagResource', { TagKeys: ['a', 'b', 'c'] })).toEqual({});
      expect((await s.call('DescribeSecret')).Tags).toEqual([]);
    },
  },
  {
    rule: '2.4',
    claim: 'a listed version has its key, its creation and, once read, its last access',
    story: async (s) => {
      await s.create(1);
      await s.put(2, ['AWSPENDING']);
      await s.call('GetSecretValue');
      const { Versions, ARN } = await s.call('ListSecretVersionIds');
      const [first, second] = Versions as Record<string, unknown>[];
      expect(ARN).toMatch(/^arn:/);
      expect(first).toEqual({
        VersionId: version(1),
        VersionStages: ['AWSCURRENT'],
        CreatedDate: expect.any(Number) as number,
        LastAccessedDate: expect.any(Number) as number,
        KmsKeyIds: ['DefaultEncryptionKey'],
      });
      expect(second).not.toHaveProperty('LastAccessedDate');
    },
  },
  {
    rule: '1.1',
    claim: 'binary values come back as the bytes they were',
    story: async (s) => {
      const SecretBinary = Buffer.from([0, 255, 10, 128]).toString('base64');
      await s.call('CreateSecret', { SecretBinary, ClientRequestToken: version(1) });
      const read = await s.call('GetSecretValue');
      expect([read.SecretBinary, read.SecretString]).toEqual([SecretBinary, undefined]);
    },
  },
];

describe('reads, errors and life cycle', () => {
  let endpoint: SecretsManagerEndpoint;

  beforeAll(async () => {
    endpoint = await startSecretsManager({ otherAccounts: [stranger] });
  });

  afterEach(() => {
    endpoint.controls.clock.reset();
  });
  afterAll(() => endpoint.close());

  it.each(reads)('$rule: $claim', async ({ story }) => {
    await story(new Scenario(endpoint));
  });
});
