import { type SecretsManagerEndpoint, startSecretsManager } from '../../../local/secrets-manager';
import { Scenario } from './scenario';

const startedAt = Date.parse('2026-11-20T10:00:00Z');

interface Listed {
  readonly Name: string;
}

describe('lists', () => {
  let endpoint: SecretsManagerEndpoint;
  let s: Scenario;

  beforeAll(async () => {
    endpoint = await startSecretsManager();
    s = new Scenario(endpoint);
    for (const [index, name] of ['prod/app', 'prod/db', 'test/app', 'Prod/other'].entries()) {
      endpoint.controls.clock.set(startedAt + index * 1000, { isStopped: true });
      await s.call('CreateSecret', {
        Name: name,
        ClientRequestToken: `${index}`.repeat(32),
        SecretString: `value of ${name}`,
        Description: `The Password of ${name}`,
        Tags: [{ Key: `team-${index % 2}`, Value: `Value${index}` }],
      });
    }
  });

  afterAll(() => endpoint.close());

  async function names(input: Record<string, unknown>): Promise<string[]> {
    const { SecretList: list } = await s.call('ListSecrets', input);
    return (list as Listed[]).map(({ Name }) => Name);
  }

  it('lists by creation, oldest first, with the label map under its own name', async () => {
    const { SecretList: list } = await s.call('ListSecrets');
    const [first] = list as Record<string, unknown>[];

    expect((list as Listed[]).map(({ Name }) => Name)).toEqual(['prod/app', 'prod/db', 'test/app', 'Prod/other']);
    expect(first?.SecretVersionsToStages).toEqual({ ['0'.repeat(32)]: ['AWSCURRENT'] });
    expect(first).not.toHaveProperty('VersionIdsToStages');
    expect(first).not.toHaveProperty('SecretString');
  });

  it.each([
    ['name', ['prod/'], ['prod/app', 'prod/db']],
    ['name', ['prod/', 'test/'], ['prod/app', 'prod/db', 'test/app']],
    ['name', ['!prod/'], ['test/app', 'Prod/other']],
    ['tag-key', ['team-1'], ['prod/db', 'Prod/other']],
    ['tag-key', ['TEAM'], []],
    ['tag-value', ['Value2'], ['test/app']],
    ['tag-value', ['value2'], []],
    ['description', ['password'], ['prod/app', 'prod/db', 'test/app', 'Prod/other']],
    ['description', ['DB'], ['prod/db']],
    ['all', ['app team'], ['prod/app', 'test/app']],
    ['primary-region', ['us'], []],
    ['owning-service', ['!rds'], ['prod/app', 'prod/db', 'test/app', 'Prod/other']],
  ])('1.9: filters by %s %j', async (Key, Values, expected) => {
    expect(await names({ Filters: [{ Key, Values }] })).toEqual(expected);
  });

  it('passes only what passes every filter', async () => {
    const Filters = [
      { Key: 'name', Values: ['prod/'] },
      { Key: 'tag-key', Values: ['team-0'] },
    ];

    expect(await names({ Filters })).toEqual(['prod/app']);
  });

  it.each([
    [{ SortBy: 'name' }, ['Prod/other', 'prod/app', 'prod/db', 'test/app']],
    [{ SortBy: 'name', SortOrder: 'desc' }, ['test/app', 'prod/db', 'prod/app', 'Prod/other']],
    [{ SortOrder: 'desc' }, ['Prod/other', 'test/app', 'prod/db', 'prod/app']],
    [{ SortBy: 'last-changed-date' }, ['prod/app', 'prod/db', 'test/app', 'Prod/other']],
  ])('sorts by %j', async (input, expected) => {
    expect(await names(input)).toEqual(expected);
  });

  it('sorts by last access', async () => {
    await s.call('GetSecretValue', { SecretId: 'prod/db' });

    expect(await names({ SortBy: 'last-accessed-date', SortOrder: 'desc', MaxResults: 1 })).toEqual(['prod/db']);
  });

  it('hands out pages that do not shift when secrets come and go', async () => {
    const first = await s.call('ListSecrets', { MaxResults: 2, SortBy: 'name' });
    await s.call('CreateSecret', { Name: 'aaa', ClientRequestToken: 'a'.repeat(32) });

    const second = await s.call('ListSecrets', { MaxResults: 2, SortBy: 'name', NextToken: first.NextToken });
    await s.call('DeleteSecret', { SecretId: 'aaa', RecoveryWindowInDays: 7 });

    expect((second.SecretList as Listed[]).map(({ Name }) => Name)).toEqual(['prod/db', 'test/app']);
    expect(second).not.toHaveProperty('NextToken');
  });

  it('shows scheduled secrets only on request', async () => {
    expect(await names({})).not.toContain('aaa');
    expect(await names({ IncludePlannedDeletion: true })).toContain('aaa');
  });

  it.each(['nonsense', 'e30', Buffer.from('["x","y",1]').toString('base64url')])(
    'refuses the token %s',
    async (NextToken) => {
      for (const operation of ['ListSecrets', 'BatchGetSecretValue']) {
        const filters = [{ Key: 'name', Values: ['p'] }];
        expect((await s.refusal(operation, { NextToken, Filters: filters })).type).toBe('InvalidNextTokenException');
      }
      const versions = await s.refusal('ListSecretVersionIds', { SecretId: 'prod/app', NextToken });
      expect(versions.type).toBe('InvalidNextTokenException');
    },
  );

  it('refuses the token of another request', async () => {
    const { NextToken } = await s.call('ListSecrets', { MaxResults: 1 });

    expect((await s.refusal('ListSecrets', { NextToken, SortBy: 'name' })).type).toBe('InvalidNextTokenException');
  });

  it('hands out the versions of a secret page by page', async () => {
    const story = new Scenario(endpoint);
    await story.create(1);
    for (const number of [2, 3, 4]) await story.put(number);
    const listed: unknown[] = [];
    let NextToken: unknown;
    do {
      const page = await story.call('ListSecretVersionIds', { IncludeDeprecated: true, MaxResults: 3, NextToken });
      listed.push(...(page.Versions as unknown[]));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);

    expect(listed).toHaveLength(4);
    await story.call('DeleteSecret', { ForceDeleteWithoutRecovery: true });
  });

  it('reads the values of a list, and names each that cannot be read', async () => {
    const { SecretValues: values, Errors: errors } = await s.call('BatchGetSecretValue', {
      SecretIdList: ['prod/app', 'none', 'aaa'],
    });

    expect((values as Record<string, unknown>[]).map(({ Name, SecretString }) => [Name, SecretString])).toEqual([
      ['prod/app', 'value of prod/app'],
    ]);
    expect((errors as Record<string, unknown>[]).map(({ SecretId, ErrorCode }) => [SecretId, ErrorCode])).toEqual([
      ['none', 'ResourceNotFoundException'],
      ['aaa', 'InvalidRequestException'],
    ]);
  });

  it('reads the values that pass filters, page by page', async () => {
    const input = { Filters: [{ Key: 'name', Values: ['prod/'] }], MaxResults: 1 };
    const first = await s.call('BatchGetSecretValue', input);
    const second = await s.call('BatchGetSecretValue', { ...input, NextToken: first.NextToken });

    expect([first, second].flatMap(({ SecretValues }) => (SecretValues as Listed[]).map(({ Name }) => Name))).toEqual([
      'prod/app',
      'prod/db',
    ]);
    expect(second).not.toHaveProperty('NextToken');
  });
});

describe('GetRandomPassword', () => {
  const classes = {
    ExcludeUppercase: /[A-Z]/,
    ExcludeLowercase: /[a-z]/,
    ExcludeNumbers: /\d/,
    ExcludePunctuation: /[!-/:-@[-`{-~]/,
  };
  let endpoint: SecretsManagerEndpoint;
  let s: Scenario;

  beforeAll(async () => {
    endpoint = await startSecretsManager();
    s = new Scenario(endpoint);
  });

  afterAll(() => endpoint.close());

  async function password(input: Record<string, unknown> = {}): Promise<string> {
    return String((await s.call('GetRandomPassword', input)).RandomPassword);
  }

  it('1.8: has 32 characters and one of each class', async () => {
    const made = await password();

    expect(made).toHaveLength(32);
    for (const pattern of Object.values(classes)) expect(made).toMatch(pattern);
    expect(made).not.toMatch(/\s/);
  });

  it.each(Object.entries(classes))('1.8: %s leaves the class out', async (member, pattern) => {
    expect(await password({ [member]: true, PasswordLength: 400 })).not.toMatch(pattern);
  });

  it('1.8: honours length and excluded characters exactly', async () => {
    const made = await password({ PasswordLength: 120, ExcludeCharacters: 'abcXYZ019/@"\'\\' });

    expect(made).toHaveLength(120);
    expect(made).not.toMatch(/[abcXYZ019/@"'\\]/);
  });

  it('1.8: has one of each class even when there is room for no more', async () => {
    const made = await password({ PasswordLength: 4 });

    for (const pattern of Object.values(classes)) expect(made).toMatch(pattern);
  });

  it('1.8: includes the space only when asked', async () => {
    expect(await password({ PasswordLength: 2000, IncludeSpace: true })).toContain(' ');
  });

  it.each([
    [{ PasswordLength: 3 }],
    [{ ExcludeUppercase: true, ExcludeLowercase: true, ExcludeNumbers: true, ExcludePunctuation: true }],
  ])('1.8: refuses the impossible %j', async (input) => {
    expect((await s.refusal('GetRandomPassword', input)).type).toBe('InvalidParameterException');
  });

  it('1.8: is short when no class is required', async () => {
    expect(await password({ PasswordLength: 1, RequireEachIncludedType: false })).toHaveLength(1);
  });
});
