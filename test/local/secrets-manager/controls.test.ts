import { SecretsManagerClient, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { type FaultKind, type SecretsManagerEndpoint, startSecretsManager } from '../../../local/secrets-manager';
import { Scenario, until, version } from './scenario';
import { callOperation, sendRaw } from './wire-client';

const adminPath = '/_controls';

describe('test controls', () => {
  let endpoint: SecretsManagerEndpoint;
  let s: Scenario;

  beforeEach(async () => {
    endpoint = await startSecretsManager({ adminPath });
    s = new Scenario(endpoint);
    await s.create(1);
  });

  afterEach(() => endpoint.close());

  function admin(method: string, path: string, body?: unknown): ReturnType<typeof sendRaw> {
    return sendRaw(`${endpoint.url}${adminPath}/${path}`, {
      method,
      headers: {},
      body: body === undefined ? '' : JSON.stringify(body),
    });
  }

  async function arm(kind: FaultKind, more: Record<string, unknown> = {}): Promise<void> {
    expect((await admin('POST', 'faults', { kind, operation: 'PutSecretValue', ...more })).status).toBe(200);
  }

  const put2 = { operation: 'PutSecretValue', input: { SecretString: 'value 2', ClientRequestToken: version(2) } };

  function putTwo(): ReturnType<typeof callOperation> {
    return callOperation(endpoint, { ...put2, input: { SecretId: s.name, ...put2.input } });
  }

  it('throttles the next calls of an operation and no other', async () => {
    await arm('throttle', { count: 2 });

    expect((await s.call('GetSecretValue')).SecretString).toBe('value 1');
    const answers = [await putTwo(), await putTwo(), await putTwo()];

    expect(answers.map(({ status, body }) => [status, body.__type])).toEqual([
      [400, 'ThrottlingException'],
      [400, 'ThrottlingException'],
      [200, undefined],
    ]);
  });

  it('says for how long to be left alone where it is told to, in whole seconds', async () => {
    await arm('throttle', { ms: 1_500 });
    await arm('throttle');

    const answers = [await putTwo(), await putTwo()];

    expect(answers.map(({ headers }) => headers['retry-after'])).toEqual(['2', undefined]);
  });

  it('fails before the commit and keeps nothing', async () => {
    await arm('fail-before');

    expect((await putTwo()).body.__type).toBe('InternalServiceError');
    expect(await s.labels()).toEqual({ v1: 'C' });
  });

  it('fails after the commit, and the repeat succeeds', async () => {
    await arm('fail-after');

    expect((await putTwo()).status).toBe(500);
    expect(await s.labels()).toEqual({ v1: 'V', v2: 'C' });
    expect((await putTwo()).status).toBe(200);
  });

  it('drops the answer after the commit, which the SDK repeats without harm', async () => {
    await arm('drop');
    const client = new SecretsManagerClient({ endpoint: endpoint.url, ...endpoint });

    const { VersionId } = await client.send(new PutSecretValueCommand({ SecretId: s.name, SecretString: 'x' }));
    client.destroy();

    const calls = endpoint.controls.calls.list().filter(({ operation }) => operation === 'PutSecretValue');
    expect(calls.map(({ request }) => request.ClientRequestToken)).toEqual([VersionId, VersionId]);
  });

  it('delays an answer', async () => {
    await arm('delay', { ms: 80 });
    const startedAt = performance.now();

    await putTwo();

    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(75);
  });

  it('hides the newest write from reads for a while, not from writes', async () => {
    await arm('hide', { ms: 150 });
    await putTwo();

    expect(await s.labels()).toEqual({ v1: 'C' });
    expect(await s.current()).toBe('value 1');
    expect((await s.moveRefusal('AWSCURRENT', { from: 1, to: 2 })).type).toBe('InvalidParameterException');
    await until(async () => (await s.current()) === 'value 2', 'the write did not appear');
    expect(await s.labels()).toEqual({ v1: 'V', v2: 'C' });
  });

  it('shows a hidden write for good, also where it comes out in the midst of a read', async () => {
    await arm('hide', { ms: 60_000 });
    await putTwo();
    const { hidden } = endpoint.controls;
    const view = hidden.view.bind(hidden);
    const now = performance.now.bind(performance);
    jest.spyOn(hidden, 'view').mockImplementationOnce((catalog) => {
      const shown = view(catalog);
      jest.spyOn(performance, 'now').mockImplementation(() => now() + 60_000);
      return shown;
    });

    expect(await s.current()).toBe('value 1');
    expect(await s.current()).toBe('value 2');

    jest.restoreAllMocks();
  });

  it('logs calls without any value', async () => {
    await s.call('PutSecretValue', {
      SecretString: 'canary',
      ClientRequestToken: version(2),
      VersionStages: ['AWSPENDING'],
    });
    await s.refusal('PutSecretValue', { SecretString: 'canary two', ClientRequestToken: version(2) });

    const { body } = await admin('GET', 'calls');

    const calls = body.calls as Record<string, unknown>[];
    expect(calls.map(({ operation, error }) => [operation, error])).toEqual([
      ['CreateSecret', undefined],
      ['PutSecretValue', undefined],
      ['PutSecretValue', 'ResourceExistsException'],
    ]);
    expect(calls[1]?.request).toEqual({
      SecretId: s.name,
      ClientRequestToken: version(2),
      VersionStages: ['AWSPENDING'],
    });
    expect(JSON.stringify(body)).not.toMatch(/canary|value 1/);
    await admin('DELETE', 'calls');
    expect((await admin('GET', 'calls')).body.calls).toEqual([]);
  });

  it('sets, stops, advances and resets the clock', async () => {
    await admin('PUT', 'clock', { now: '2030-01-01T00:00:00Z', stopped: true });
    await s.put(2);
    expect((await s.call('GetSecretValue')).CreatedDate).toBe(Date.parse('2030-01-01T00:00:00Z') / 1000);

    await admin('PUT', 'clock', { advanceMs: 86_400_000 });
    expect((await admin('GET', 'clock')).body.now).toBe(Date.parse('2030-01-02T00:00:00Z'));

    await admin('DELETE', 'clock');
    expect(Number((await admin('GET', 'clock')).body.now)).toBeLessThan(Date.parse('2030-01-01T00:00:00Z'));
  });

  it('clears faults', async () => {
    await arm('throttle', { count: 100 });
    await admin('DELETE', 'faults');

    expect((await putTwo()).status).toBe(200);
  });

  it.each([
    ['POST', 'faults', { kind: 'explode' }],
    ['POST', 'faults', { kind: 'delay', ms: -1 }],
    ['POST', 'faults', { kind: 'delay', operation: 5 }],
    ['PUT', 'clock', {}],
    ['PUT', 'clock', { now: 'some day' }],
    ['PUT', 'clock', [1]],
    ['GET', 'nothing', undefined],
  ])('refuses %s %s with %j', async (method, path, body) => {
    const answer = await admin(method, path, body);

    expect([answer.status, answer.body.__type]).toEqual([400, 'InvalidParameterException']);
  });

  it('are not served unless asked for', async () => {
    const plain = await startSecretsManager();

    const answer = await sendRaw(`${plain.url}${adminPath}/calls`, { method: 'GET', headers: {}, body: '' });
    await plain.close();

    expect(answer.body.__type).toBe('UnknownOperationException');
  });
});

describe('quotas', () => {
  it('1.11: the write operations share one bucket of 50 a second', async () => {
    const endpoint = await startSecretsManager({ enforceQuotas: 1 });
    const s = new Scenario(endpoint);
    await s.create(1);
    const input = { SecretId: s.name, ClientRequestToken: version(1), SecretString: 'value 1' };
    const label = { SecretId: s.name, VersionStage: 'free', MoveToVersionId: version(1) };
    const operations = ['PutSecretValue', 'UpdateSecret', 'UpdateSecretVersionStage'];

    const answers = await Promise.all(
      Array.from({ length: 120 }, (_, index) => {
        const operation = operations[index % 3] ?? '';
        return callOperation(endpoint, { operation, input: operation === 'UpdateSecretVersionStage' ? label : input });
      }),
    );
    const reads = await Promise.all(
      Array.from({ length: 120 }, () =>
        callOperation(endpoint, { operation: 'GetSecretValue', input: { SecretId: s.name } }),
      ),
    );
    await endpoint.close();

    const refused = answers.filter(({ status }) => status !== 200);
    expect(answers.length - refused.length).toBeGreaterThanOrEqual(50);
    expect(refused.length).toBeGreaterThan(0);
    expect(new Set(refused.map(({ body }) => `${String(body.__type)}: ${String(body.message)}`))).toEqual(
      new Set(['ThrottlingException: Rate exceeded']),
    );
    expect(reads.every(({ status }) => status === 200)).toBe(true);
  });

  it('of which only a share is there where others of the account use the rest', async () => {
    const endpoint = await startSecretsManager({ enforceQuotas: 0.1 });
    const s = new Scenario(endpoint);
    await s.create(1);
    const input = { SecretId: s.name, ClientRequestToken: version(1), SecretString: 'value 1' };

    const begin = performance.now();
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => callOperation(endpoint, { operation: 'PutSecretValue', input })),
    );
    const seconds = (performance.now() - begin) / 1_000;
    await endpoint.close();

    const admitted = answers.filter(({ status }) => status === 200).length;
    expect(admitted).toBeGreaterThanOrEqual(5);
    expect(admitted).toBeLessThanOrEqual(5 + Math.ceil(5 * seconds));
  });
});
