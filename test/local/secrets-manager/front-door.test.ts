import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { SecretsManagerClient, GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { type SecretsManagerEndpoint, startSecretsManager } from '../../../local/secrets-manager';
import { until } from './scenario';
import { type Answer, callOperation, sendRaw, signedHeaders } from './wire-client';

const target = 'secretsmanager.ListSecrets';
const minuteMs = 60_000;

describe('the front door', () => {
  let endpoint: SecretsManagerEndpoint;

  beforeAll(async () => {
    endpoint = await startSecretsManager({ requestTimeoutMs: 300 });
  });

  afterAll(() => endpoint.close());

  /** Sends a good request with something changed. */
  function send(
    change: { headers?: Record<string, string>; body?: string; sign?: Record<string, unknown> } = {},
  ): Promise<Answer> {
    const headers = signedHeaders(endpoint, { target, body: '{}', ...change.sign });
    return sendRaw(endpoint.url, { headers: { ...headers, ...change.headers }, body: change.body ?? '{}' });
  }

  it('lets a signed request in', async () => {
    const { status, headers } = await send();

    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/x-amz-json-1.1');
    expect(headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('answers modelled errors with Message, type and request id, always as 400', async () => {
    const answer = await callOperation(endpoint, { operation: 'GetSecretValue', input: { SecretId: 'none' } });

    expect(answer.body).toEqual({
      __type: 'ResourceNotFoundException',
      Message: "Secrets Manager can't find the specified secret.",
    });
    expect([answer.status, answer.headers['x-amzn-errortype']]).toEqual([400, 'ResourceNotFoundException']);
    expect(answer.headers['x-amzn-requestid']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('knows no signature but one over this very body', async () => {
    const { status, body } = await send({ body: '{ }' });

    expect([status, body.__type]).toEqual([400, 'InvalidSignatureException']);
    expect(body.message).toBe(
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
  });

  it('refuses another secret key', async () => {
    const credentials = { ...endpoint.credentials, secretAccessKey: 'wrong' };
    const headers = signedHeaders({ ...endpoint, credentials }, { target, body: '{}' });

    expect((await sendRaw(endpoint.url, { headers, body: '{}' })).body.__type).toBe('InvalidSignatureException');
  });

  it('refuses an unknown key, and any session token', async () => {
    const credentials = { ...endpoint.credentials, accessKeyId: 'UNKNOWN' };
    const unknown = signedHeaders({ ...endpoint, credentials }, { target, body: '{}' });
    const refusal = {
      __type: 'UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
    };

    expect((await sendRaw(endpoint.url, { headers: unknown, body: '{}' })).body).toEqual(refusal);
    expect((await send({ sign: { extra: { 'x-amz-security-token': 'token' } } })).body).toEqual(refusal);
  });

  it('refuses a signature that is older than five minutes, with both dates', async () => {
    const { body } = await send({ sign: { at: new Date(Date.now() - 6 * minuteMs) } });

    expect(body.__type).toBe('InvalidSignatureException');
    expect(body.message).toMatch(
      /^Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 5 min\.\)$/,
    );
  });

  it('refuses a signature from the future', async () => {
    const { body } = await send({ sign: { at: new Date(Date.now() + 6 * minuteMs) } });

    expect([body.__type, body.message]).toEqual([
      'InvalidSignatureException',
      expect.stringContaining('Signature not yet current'),
    ]);
  });

  it('lets a client with a wrong clock correct itself', async () => {
    const client = new SecretsManagerClient({ endpoint: endpoint.url, ...endpoint, systemClockOffset: -3_600_000 });
    const read = client.send(new GetSecretValueCommand({ SecretId: 'none' }));

    await expect(read).rejects.toThrow("Secrets Manager can't find the specified secret.");
    client.destroy();
  });

  it.each([
    ['no authorization', '', 'MissingAuthenticationTokenException'],
    ['another scheme', 'Basic eDp5', 'IncompleteSignature'],
    ['no signature', 'AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host', 'IncompleteSignature'],
    ['no credential', 'AWS4-HMAC-SHA256 SignedHeaders=host, Signature=0', 'IncompleteSignature'],
  ])('refuses %s', async (_what, authorization, type) => {
    const { status, body } = await send({ headers: { authorization } });

    expect([status, body.__type]).toEqual([400, type]);
    expect(typeof body.message).toBe('string');
  });

  it.each([
    ['another service', (header: string) => header.replace('/secretsmanager/', '/s3/')],
    ['no Region', (header: string) => header.replace('/us-east-1/', '//')],
    ['another terminator', (header: string) => header.replace('aws4_request', 'aws5_request')],
    ['an unsigned host', (header: string) => header.replace(';host;', ';')],
    ['another day', (header: string) => header.replace(/\/\d{8}\//, '/20200101/')],
  ])('refuses a signature scoped to %s', async (_what, change) => {
    const { authorization = '' } = signedHeaders(endpoint, { target, body: '{}' });

    expect((await send({ headers: { authorization: change(authorization) } })).body.__type).toBe(
      'InvalidSignatureException',
    );
  });

  it('keeps the secrets of each Region apart', async () => {
    const Name = randomUUID();
    const elsewhere = { ...endpoint, region: 'eu-central-1' };
    await callOperation(elsewhere, { operation: 'CreateSecret', input: { Name, ClientRequestToken: randomUUID() } });

    const there = await callOperation(elsewhere, { operation: 'DescribeSecret', input: { SecretId: Name } });
    const here = await callOperation(endpoint, { operation: 'DescribeSecret', input: { SecretId: Name } });

    expect(there.body.ARN).toContain(':eu-central-1:');
    expect(here.body.__type).toBe('ResourceNotFoundException');
  });

  it.each([
    'secretsmanager.Nothing',
    'secretsmanager',
    'dynamodb.ListSecrets',
    'secretsmanager.ListSecrets.x',
    'secretsmanager.constructor',
  ])('does not know the target %s', async (unknown) => {
    const { status, body } = await send({ sign: { target: unknown } });

    expect([status, body.__type]).toEqual([400, 'UnknownOperationException']);
  });

  it.each([
    'DeleteResourcePolicy',
    'GetResourcePolicy',
    'PutResourcePolicy',
    'RemoveRegionsFromReplication',
    'ReplicateSecretToRegions',
    'StopReplicationToReplica',
    'ValidateResourcePolicy',
  ])('says that %s is not implemented', async (operation) => {
    const { status, body } = await callOperation(endpoint, { operation, input: {} });

    expect([status, body.__type]).toEqual([400, 'NotImplementedException']);
    expect(body.message).toBe(`The operation ${operation} is not implemented by this local Secrets Manager.`);
  });

  it('does not know another content type, path or method', async () => {
    const answers = [
      await send({ sign: { extra: { 'content-type': 'application/json' } } }),
      await sendRaw(`${endpoint.url}/other`, { headers: signedHeaders(endpoint, { target, body: '{}' }), body: '{}' }),
      await sendRaw(endpoint.url, { method: 'GET', headers: {}, body: '' }),
    ];

    expect(answers.map(({ status, body }) => [status, body.__type])).toEqual(
      answers.map(() => [400, 'UnknownOperationException']),
    );
  });

  it.each(['{', '[]', '"text"', 'null', '{"a":1}}', '\u0000'])(
    'answers a body of %j with a serialization error',
    async (body) => {
      const answer = await send({ sign: { body }, body });

      expect([answer.status, answer.body.__type]).toEqual([400, 'SerializationException']);
    },
  );

  it('ignores members that it does not know, and takes the last of two of one name', async () => {
    const body = '{"PasswordLength":4,"Colour":"red","PasswordLength":12,"__proto__":{"PasswordLength":1}}';
    const random = 'secretsmanager.GetRandomPassword';

    const answer = await send({ sign: { target: random, body }, body });

    expect(String(answer.body.RandomPassword)).toHaveLength(12);
  });

  it('refuses a body over the limit and goes on', async () => {
    const body = 'x'.repeat(1024 * 1024 + 1);

    const answer = await send({ sign: { body }, body });

    expect([answer.status, answer.body.__type]).toEqual([413, 'RequestEntityTooLargeException']);
    expect((await send()).status).toBe(200);
  });

  it('waits a bounded time for a client that hangs in mid-body', async () => {
    const received = await converse('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{"a"');

    expect(received).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('waits a bounded time for a client that hangs in mid-header', async () => {
    expect(await converse('POST / HTTP/1.1\r\nhost:')).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('does nothing for a client that goes away in mid-body', async () => {
    const name = randomUUID();
    const body = JSON.stringify({ Name: name, ClientRequestToken: randomUUID(), SecretString: 'x' });
    const headers = signedHeaders(endpoint, { target: 'secretsmanager.CreateSecret', body });
    const lines = Object.entries({ ...headers, 'content-length': body.length }).map(
      ([key, value]) => `${key}: ${value}\r\n`,
    );
    const socket = connect(endpoint.port, '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));

    socket.write(`POST / HTTP/1.1\r\n${lines.join('')}\r\n${body.slice(0, -5)}`, () => socket.destroy());
    await closed;

    const found = await callOperation(endpoint, { operation: 'DescribeSecret', input: { SecretId: name } });
    expect(found.body.__type).toBe('ResourceNotFoundException');
  });

  /** Everything that is answered to some bytes until the connection ends. */
  async function converse(bytes: string): Promise<string> {
    let received = '';
    let isClosed = false;
    const socket = connect(endpoint.port, '127.0.0.1');
    socket.on('data', (chunk) => (received += chunk.toString()));
    socket.on('close', () => (isClosed = true));
    socket.write(bytes);
    await until(() => isClosed, 'the connection was not closed');
    return received;
  }
});

describe('starting', () => {
  it.each([
    ['an address that others can reach', { host: '0.0.0.0' }, 'not loopback'],
    [
      'a key that looks real',
      { credentials: { accessKeyId: 'AKIAABCDEFGHIJKLMNOP', secretAccessKey: 'x' } },
      'real AWS account',
    ],
    ['an admin path that is everywhere', { adminPath: '/' }, 'admin path'],
  ])('refuses %s', async (_what, options, message) => {
    await expect(startSecretsManager(options)).rejects.toThrow(message);
  });

  it('listens elsewhere than on loopback when that is allowed', async () => {
    const endpoint = await startSecretsManager({ host: '0.0.0.0', allowRemote: true });

    const url = `http://127.0.0.1:${endpoint.port}`;
    const answer = await callOperation({ ...endpoint, url }, { operation: 'ListSecrets', input: {} });
    await endpoint.close();

    expect(answer.status).toBe(200);
  });

  it('fails when the port is taken', async () => {
    const first = await startSecretsManager();

    await expect(startSecretsManager({ port: first.port })).rejects.toThrow('EADDRINUSE');
    await first.close();
  });

  it('serves IPv6 loopback', async () => {
    const endpoint = await startSecretsManager({ host: '::1' });

    expect((await callOperation(endpoint, { operation: 'ListSecrets', input: {} })).status).toBe(200);
    await endpoint.close();
  });
});
