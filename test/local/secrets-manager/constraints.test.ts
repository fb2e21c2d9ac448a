import { type SecretsManagerEndpoint, startSecretsManager } from '../../../local/secrets-manager';
import { Scenario, version } from './scenario';

type Input = Record<string, unknown>;

const token = version(2);
const value = { SecretString: 'x', ClientRequestToken: token };

/** Input at a bound, which is let through, and beyond it, which is not. */
const bounds: readonly (readonly [operation: string, member: string, inside: Input, outside: Input])[] = [
  ['CreateSecret', 'Name', { Name: 'n'.repeat(512), ...value }, { Name: 'n'.repeat(513), ...value }],
  ['CreateSecret', 'Name', { Name: '!', ...value }, { Name: '', ...value }],
  [
    'PutSecretValue',
    'ClientRequestToken',
    put({ ClientRequestToken: 't'.repeat(32) }),
    put({ ClientRequestToken: 't'.repeat(31) }),
  ],
  [
    'PutSecretValue',
    'ClientRequestToken',
    put({ ClientRequestToken: 't'.repeat(64) }),
    put({ ClientRequestToken: 't'.repeat(65) }),
  ],
  [
    'PutSecretValue',
    'SecretString',
    put({ SecretString: 's'.repeat(65_536) }),
    put({ SecretString: 's'.repeat(65_537) }),
  ],
  [
    'PutSecretValue',
    'SecretString in bytes',
    put({ SecretString: 'é'.repeat(32_768) }),
    put({ SecretString: 'é'.repeat(32_769) }),
  ],
  ['PutSecretValue', 'SecretString', put({ SecretString: ' ' }), put({ SecretString: '' })],
  ['PutSecretValue', 'SecretBinary', binary(65_536), binary(65_537)],
  ['PutSecretValue', 'SecretBinary', binary(1), binary(0)],
  ['PutSecretValue', 'VersionStages', put({ VersionStages: labels(19) }), put({ VersionStages: labels(21) })],
  [
    'PutSecretValue',
    'VersionStages',
    put({ VersionStages: ['l'.repeat(256)] }),
    put({ VersionStages: ['l'.repeat(257)] }),
  ],
  ['PutSecretValue', 'VersionStages', put({ VersionStages: ['l'] }), put({ VersionStages: [] })],
  ['PutSecretValue', 'RotationToken', put({ RotationToken: 'r'.repeat(36) }), put({ RotationToken: 'r'.repeat(35) })],
  ['PutSecretValue', 'RotationToken', put({ RotationToken: '-'.repeat(256) }), put({ RotationToken: '_'.repeat(36) })],
  ['DeleteSecret', 'RecoveryWindowInDays', { RecoveryWindowInDays: 7 }, { RecoveryWindowInDays: 6 }],
  ['DeleteSecret', 'RecoveryWindowInDays', { RecoveryWindowInDays: 30 }, { RecoveryWindowInDays: 31 }],
  [
    'DeleteSecret',
    'force',
    { ForceDeleteWithoutRecovery: true },
    { ForceDeleteWithoutRecovery: true, RecoveryWindowInDays: 7 },
  ],
  ['ListSecretVersionIds', 'MaxResults', { MaxResults: 100 }, { MaxResults: 101 }],
  ['ListSecrets', 'MaxResults', { MaxResults: 1 }, { MaxResults: 0 }],
  ['ListSecrets', 'SortBy', { SortBy: 'name' }, { SortBy: 'size' }],
  ['ListSecrets', 'SortOrder', { SortOrder: 'desc' }, { SortOrder: 'up' }],
  ['ListSecrets', 'Filters', filter('name'), filter('colour')],
  ['GetRandomPassword', 'PasswordLength', { PasswordLength: 4096 }, { PasswordLength: 4097 }],
  ['GetRandomPassword', 'PasswordLength', { PasswordLength: 4 }, { PasswordLength: 0 }],
  [
    'GetRandomPassword',
    'ExcludeCharacters',
    { ExcludeCharacters: 'a'.repeat(4096) },
    { ExcludeCharacters: 'a'.repeat(4097) },
  ],
  ['TagResource', 'Tags', tags('k'.repeat(128), 'v'.repeat(256)), tags('k'.repeat(129), 'v')],
  ['TagResource', 'Tags', tags('k', ''), tags('k', 'v'.repeat(257))],
  ['TagResource', 'Tags', tags('k', 'v'), tags('aws:k', 'v')],
  ['UpdateSecretVersionStage', 'VersionStage', stage('l'.repeat(256)), stage('l'.repeat(257))],
  [
    'BatchGetSecretValue',
    'SecretIdList',
    { SecretIdList: ['one'] },
    { SecretIdList: Array.from({ length: 21 }, () => 'one') },
  ],
  ['BatchGetSecretValue', 'SecretIdList or Filters', filter('name'), {}],
  [
    'BatchGetSecretValue',
    'MaxResults',
    { ...filter('name'), MaxResults: 20 },
    { SecretIdList: ['one'], MaxResults: 1 },
  ],
];

const wrongTypes: readonly (readonly [string, Record<string, unknown>, string])[] = [
  ['PutSecretValue', put({ SecretString: 5 }), 'NUMBER_VALUE can not be converted to String'],
  ['PutSecretValue', put({ SecretString: ['hidden'] }), 'START_ARRAY can not be converted to String'],
  ['PutSecretValue', put({ VersionStages: 'l' }), 'STRING_VALUE can not be converted to List'],
  ['PutSecretValue', put({ VersionStages: [true] }), 'TRUE_VALUE can not be converted to String'],
  ['PutSecretValue', { ClientRequestToken: token, SecretBinary: 'not base64!' }, 'Invalid base64 value'],
  ['DeleteSecret', { RecoveryWindowInDays: '7' }, 'STRING_VALUE can not be converted to Integer'],
  ['DeleteSecret', { RecoveryWindowInDays: 7.5 }, 'NUMBER_VALUE can not be converted to Integer'],
  ['DeleteSecret', { ForceDeleteWithoutRecovery: 'yes' }, 'STRING_VALUE can not be converted to Boolean'],
  ['TagResource', { Tags: ['a'] }, 'STRING_VALUE can not be converted to Structure'],
];

describe('constraints', () => {
  let endpoint: SecretsManagerEndpoint;
  let scenario: Scenario;

  beforeAll(async () => {
    endpoint = await startSecretsManager();
  });

  beforeEach(async () => {
    scenario = new Scenario(endpoint);
    await scenario.create(1);
  });

  afterAll(() => endpoint.close());

  it.each(bounds.map(([operation, member, inside, outside]) => ({ operation, member, inside, outside })))(
    '2.2: $operation lets $member through at its bound and not beyond',
    async ({ operation, inside, outside }) => {
      const refusal = await scenario.refusal(operation, outside);
      expect([refusal.status, refusal.type]).toEqual([400, 'InvalidParameterException']);
      await expect(scenario.call(operation, inside)).resolves.toBeDefined();
    },
  );

  it.each(wrongTypes)('%s with a member of a wrong type is a serialization error', async (operation, input, text) => {
    await expect(scenario.call(operation, input)).rejects.toThrow(
      `"__type":"SerializationException","message":"${text}"`,
    );
  });

  it.each([
    ['CreateSecret', 'InvalidRequestException'],
    ['PutSecretValue', 'InvalidRequestException'],
    ['UpdateSecret', 'InvalidRequestException'],
    ['RotateSecret', 'InvalidParameterException'],
  ])('1.3: %s without a token is refused before anything else', async (operation, type) => {
    const input = { SecretId: 'no such/secret?', Name: 'bad name', SecretString: '' };
    expect(await scenario.refusal(operation, input)).toEqual({
      status: 400,
      type,
      text: 'You must provide a ClientRequestToken value. We recommend a UUID-type value.',
    });
  });

  it.each([
    ['CreateSecret', { Name: 'a b', ...value }],
    ['CreateSecret', { Name: 'a?', ...value }],
    ['CreateSecret', { Name: 'é', ...value }],
    ['CreateSecret', { Name: 'a:b', ...value }],
    ['DeleteSecret', { SecretId: 'a b' }],
    ['DescribeSecret', { SecretId: 'a b' }],
    ['GetSecretValue', { SecretId: 'a b' }],
    ['GetSecretValue', { SecretId: 'arn:aws:secretsmanager:us-east-1:000000000000:secret:a b-aaaaaa' }],
    ['ListSecretVersionIds', { SecretId: 'a b' }],
    ['PutSecretValue', { SecretId: 'a b', ...value }],
    ['TagResource', { SecretId: 'a b', Tags: [] }],
    ['UntagResource', { SecretId: 'a b', TagKeys: [] }],
    ['UpdateSecret', { SecretId: 'a b', ...value }],
  ])('1.10: %s refuses the name in %j', async (operation, input) => {
    expect(await scenario.refusal(operation, input)).toEqual({
      status: 400,
      type: 'ValidationException',
      text: 'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
    });
  });

  it('names every allowed character', async () => {
    await expect(scenario.call('CreateSecret', { Name: 'aZ0-/_+=.@!', ...value })).resolves.toBeDefined();
  });

  it('2.3.1: looks at names before looking for the secret, and for it before its state', async () => {
    await scenario.call('DeleteSecret');

    expect((await scenario.refusal('PutSecretValue', { SecretId: '?', ...value })).type).toBe('ValidationException');
    expect((await scenario.refusal('PutSecretValue', { SecretId: 'none', ...value })).type).toBe(
      'ResourceNotFoundException',
    );
    expect((await scenario.refusal('PutSecretValue', value)).type).toBe('InvalidRequestException');
  });

  it('takes text or bytes, not both, and a put takes one of them', async () => {
    const SecretBinary = Buffer.from('x').toString('base64');

    expect((await scenario.refusal('PutSecretValue', put({ SecretBinary }))).type).toBe('InvalidParameterException');
    expect((await scenario.refusal('PutSecretValue', { ClientRequestToken: token })).type).toBe(
      'InvalidRequestException',
    );
  });

  it('never shows a refused value', async () => {
    const input = put({ SecretString: 'canary'.repeat(20_000) });

    expect(JSON.stringify(await scenario.refusal('PutSecretValue', input))).not.toContain('canary');
  });
});

function put(input: Record<string, unknown>): Record<string, unknown> {
  return 'SecretBinary' in input ? { ClientRequestToken: token, SecretString: 'x', ...input } : { ...value, ...input };
}

function binary(length: number): Record<string, unknown> {
  return { ClientRequestToken: token, SecretBinary: Buffer.alloc(length, 1).toString('base64') };
}

function labels(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `label-${index}`);
}

function filter(Key: string): Record<string, unknown> {
  return { Filters: [{ Key, Values: ['x'] }] };
}

function tags(Key: string, Value: string): Record<string, unknown> {
  return { Tags: [{ Key, Value }] };
}

function stage(VersionStage: string): Record<string, unknown> {
  return { VersionStage, MoveToVersionId: version(1) };
}
