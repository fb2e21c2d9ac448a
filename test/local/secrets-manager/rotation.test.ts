import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import {
  type RotationEvent,
  type RotationFunction,
  type SecretsManagerEndpoint,
  startSecretsManager,
} from '../../../local/secrets-manager';
import { collectGarbage } from '../../support/collect-garbage';
import { Scenario, until, version } from './scenario';

const goodArn = 'arn:aws:lambda:us-east-1:000000000000:function:good';
const testArn = 'arn:aws:lambda:us-east-1:000000000000:function:noting';
const failingArn = 'arn:aws:lambda:us-east-1:000000000000:function:failing';
const missingArn = 'arn:aws:lambda:us-east-1:000000000000:function:missing';
const dayMs = 24 * 60 * 60 * 1000;
const rules = { AutomaticallyAfterDays: 1 };

interface Row {
  readonly rule: string;
  readonly claim: string;
  readonly story: (s: Scenario) => Promise<void>;
}

/** What the functions saw, and which of them fail. */
const seen: RotationEvent[] = [];
const failing = new Set<string>();
let endpoint: SecretsManagerEndpoint;

const stories: readonly Row[] = [
  {
    rule: 'T1',
    claim: 'a working function rotates, and the dates, the configuration and the labels tell so',
    story: async (s) => {
      await s.create(1, { Description: 'd' });
      const rotated = await rotate(s, 2, { RotationRules: rules });
      const described = await s.call('DescribeSecret');
      expect(rotated).toEqual({ ARN: described.ARN, Name: s.name, VersionId: version(2) });
      expect(Object.keys(described)).toEqual(
        expect.arrayContaining([
          'Description',
          'CreatedDate',
          'LastAccessedDate',
          'LastChangedDate',
          'LastRotatedDate',
        ]),
      );
      expect([described.RotationEnabled, described.RotationLambdaARN]).toEqual([true, goodArn]);
      expect(described.RotationRules).toEqual({ AutomaticallyAfterDays: 1 });
      expect(described.NextRotationDate).toBe(Math.floor(Date.now() / dayMs) * 86_400 + 2 * 86_400 - 1);
      expect(await s.labels()).toEqual({ v1: 'V', v2: 'C' });
      const { Versions } = await s.call('ListSecretVersionIds');
      const accessed = (Versions as Record<string, unknown>[]).filter((listed) => 'LastAccessedDate' in listed);
      expect(accessed.map(({ VersionId }) => VersionId)).toEqual([version(1)]);
    },
  },
  {
    rule: 'T2',
    claim: 'a second rotation uses the stored function and rules',
    story: async (s) => {
      await s.create(1);
      await rotate(s, 2, { RotationRules: rules });
      await s.call('RotateSecret', { ClientRequestToken: version(3) });
      await s.reported('RotationSucceeded', 2);
      expect(await s.labels()).toEqual({ v2: 'V', v3: 'C' });
      expect((await s.call('DescribeSecret')).RotationRules).toEqual(rules);
    },
  },
  {
    rule: 'T3',
    claim: 'a function that is not there leaves no trace',
    story: async (s) => {
      await s.create(1);
      const input = { ClientRequestToken: version(2), RotationLambdaARN: missingArn, RotationRules: rules };
      expect(await s.refusal('RotateSecret', input)).toEqual({
        status: 400,
        type: 'AccessDeniedException',
        text: 'Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access to the principal secretsmanager.amazonaws.com.',
      });
      expect(Object.keys(await s.call('DescribeSecret')).filter((key) => key.includes('Rotat'))).toEqual([]);
      expect(await s.labels()).toEqual({ v1: 'C' });
    },
  },
  {
    rule: 'T4',
    claim: 'the first rotation without a function is refused and leaves no trace',
    story: async (s) => {
      await s.create(1);
      const before = await s.call('DescribeSecret');
      expect(await s.refusal('RotateSecret', { ClientRequestToken: version(2) })).toEqual({
        status: 400,
        type: 'InvalidRequestException',
        text: 'No Lambda rotation function ARN is associated with this secret.',
      });
      expect(await s.call('DescribeSecret')).toEqual(before);
    },
  },
  {
    rule: 'T5',
    claim:
      'during createSecret the pending version is described and has no value; at finishSecret it holds AWSPENDING only',
    story: async (s) => {
      await s.create(1);
      const glimpses: unknown[] = [];
      glimpse = async ({ Step, ClientRequestToken }) => {
        if (Step === 'createSecret') {
          glimpses.push(await s.labels(), await s.refusal('GetSecretValue', { VersionStage: 'AWSPENDING' }));
          glimpses.push(await s.listed({ IncludeDeprecated: true }));
        }
        if (Step !== 'finishSecret') return;
        const pending = await s.call('GetSecretValue', { VersionId: ClientRequestToken });
        glimpses.push(pending.VersionStages);
      };
      await rotate(s, 2);
      expect(glimpses).toEqual([
        { v1: 'C', v2: 'P' },
        {
          status: 400,
          type: 'ResourceNotFoundException',
          text: "Secrets Manager can't find the specified secret value for staging label: AWSPENDING",
        },
        { v1: 'C' },
        ['AWSPENDING'],
      ]);
      expect(await s.labels()).toEqual({ v1: 'V', v2: 'C' });
    },
  },
  {
    rule: 'T6, 4 row 33',
    claim: 'RotateImmediately false only tests, on a copy of the current value under an id of its own',
    story: async (s) => {
      await s.create(1);
      let tested: unknown;
      glimpse = async ({ ClientRequestToken }) => {
        tested = [await s.labels(), (await s.call('GetSecretValue', { VersionId: ClientRequestToken })).SecretString];
      };
      const input = { ClientRequestToken: version(2), RotationLambdaARN: testArn, RotationRules: rules };
      await s.call('RotateSecret', { ...input, RotateImmediately: false });
      await s.reported('TestRotationSucceeded');
      await until(async () => !('v2' in (await s.labels())), 'AWSPENDING was not taken off');
      expect(tested).toEqual([{ v1: 'C', v2: 'P' }, 'value 1']);
      expect(stepsOf(s)).toEqual(['testSecret']);
      expect([await s.labels(), await s.current()]).toEqual([{ v1: 'C' }, 'value 1']);
      const described = await s.call('DescribeSecret');
      expect([described.RotationEnabled, described.LastRotatedDate]).toEqual([true, undefined]);
    },
  },
  {
    rule: '1.5',
    claim: 'every step is called with the full ARN and the token, once and in order',
    story: async (s) => {
      const { ARN } = await s.create(1);
      await rotate(s, 2);
      const mine = seen.filter(({ SecretId }) => SecretId === ARN);
      expect(mine.map(({ Step }) => Step)).toEqual(['createSecret', 'setSecret', 'testSecret', 'finishSecret']);
      expect(new Set(mine.map(({ ClientRequestToken }) => ClientRequestToken))).toEqual(new Set([version(2)]));
    },
  },
  {
    rule: '1.5, 4 row 3',
    claim: 'while another version holds AWSPENDING a rotation is refused, and the pending one goes on under its token',
    story: async (s) => {
      await s.create(1);
      failing.add(s.name);
      await s.call('RotateSecret', { ClientRequestToken: version(2), RotationLambdaARN: failingArn });
      await s.reported('RotationFailed', 3);
      failing.delete(s.name);
      const refused = await s.refusal('RotateSecret', {
        ClientRequestToken: version(3),
        RotationRules: { AutomaticallyAfterDays: 5 },
      });
      expect(refused).toEqual({
        status: 400,
        type: 'InvalidRequestException',
        text: "A previous rotation isn't complete. That rotation will be reattempted.",
      });
      await s.reported('RotationSucceeded');
      await until(async () => (await s.labels()).v2 === 'C', 'the pending rotation did not go on');
      expect(await s.labels()).toEqual({ v1: 'V', v2: 'C' });
      expect((await s.call('DescribeSecret')).RotationRules).toEqual({});
    },
  },
  {
    rule: '4 row 2',
    claim: 'AWSPENDING on the current version does not stand in the way',
    story: async (s) => {
      await s.create(1);
      await s.move('AWSPENDING', { to: 1 });
      await rotate(s, 2);
      expect(await s.labels()).toEqual({ v1: 'V', v2: 'C' });
    },
  },
  {
    rule: '3.9',
    claim:
      'a function that fails leaves AWSPENDING where it is, and the whole sequence is tried again with the same token',
    story: async (s) => {
      await s.create(1);
      failing.add(s.name);
      await s.call('RotateSecret', { ClientRequestToken: version(2), RotationLambdaARN: failingArn });
      await s.reported('RotationFailed', 3);
      expect(stepsOf(s)).toEqual([
        'createSecret',
        'setSecret',
        'createSecret',
        'setSecret',
        'createSecret',
        'setSecret',
      ]);
      expect(await s.labels()).toEqual({ v1: 'C', v2: 'P' });
      expect(await s.current()).toBe('value 1');
      expect((await s.call('DescribeSecret')).LastRotatedDate).toBeUndefined();
      const [failure] = endpoint.controls.events
        .list()
        .filter(({ name, secretId }) => name === 'RotationFailed' && secretId.includes(s.name));
      expect(failure?.errorMessage).toBe(`The rotation function ${failingArn} failed during the setSecret step.`);
      failing.delete(s.name);
    },
  },
  {
    rule: '4 row 34',
    claim: 'rotating a secret without a value leaves AWSPENDING on an empty version',
    story: async (s) => {
      await s.call('CreateSecret', { ClientRequestToken: version(1) });
      await s.call('RotateSecret', { ClientRequestToken: version(2), RotationLambdaARN: goodArn });
      await s.reported('RotationFailed');
      expect(await s.labels()).toEqual({ v2: 'P' });
    },
  },
  {
    rule: '1.3',
    claim: 'a version without a value is filled once and cannot become current before',
    story: async (s) => {
      await s.create(1);
      failing.add(s.name);
      await s.call('RotateSecret', { ClientRequestToken: version(2), RotationLambdaARN: testArn });
      expect((await s.moveRefusal('AWSCURRENT', { from: 1, to: 2 })).type).toBe('InvalidRequestException');
      await s.put(2, ['AWSPENDING']);
      expect((await s.refusal('PutSecretValue', { SecretString: 'y', ClientRequestToken: version(2) })).type).toBe(
        'ResourceExistsException',
      );
      failing.delete(s.name);
    },
  },
  {
    rule: '1.6, 4 row 32',
    claim:
      'a cancelled rotation keeps its labels and configuration, names its version, and blocks the next until AWSPENDING is off',
    story: async (s) => {
      await s.create(1);
      let release = (): void => undefined;
      glimpse = ({ Step }) => (Step === 'testSecret' ? new Promise((resolve) => (release = resolve)) : undefined);
      await s.call('RotateSecret', {
        ClientRequestToken: version(2),
        RotationLambdaARN: goodArn,
        RotationRules: rules,
      });
      await until(() => stepsOf(s).includes('testSecret'), 'testSecret was not called');

      expect((await s.call('CancelRotateSecret')).VersionId).toBe(version(2));

      release();
      await s.reported('RotationAbandoned');
      const described = await s.call('DescribeSecret');
      expect([described.RotationEnabled, described.RotationLambdaARN, described.RotationRules]).toEqual([
        false,
        goodArn,
        rules,
      ]);
      expect(await s.labels()).toEqual({ v1: 'C', v2: 'P' });
      expect(stepsOf(s)).not.toContain('finishSecret');
      expect((await s.refusal('RotateSecret', { ClientRequestToken: version(3) })).type).toBe(
        'InvalidRequestException',
      );
      glimpse = () => undefined;
      await s.move('AWSPENDING', { from: 2 });
      await s.call('RotateSecret', { ClientRequestToken: version(4) });
      await s.reported('RotationSucceeded');
      expect(await s.labels()).toEqual({ v1: 'V', v4: 'C' });
    },
  },
  {
    rule: '4 row 31',
    claim: 'a value that somebody else puts meanwhile ends the rotation as abandoned',
    story: async (s) => {
      await s.create(1);
      glimpse = async ({ Step }) => {
        if (Step === 'setSecret') await s.put(9, ['AWSCURRENT', 'AWSPENDING']);
      };
      await s.call('RotateSecret', { ClientRequestToken: version(2), RotationLambdaARN: goodArn });
      await s.reported('RotationAbandoned');
      expect(await s.labels()).toEqual({ v1: 'V', v9: 'C+P' });
    },
  },
  {
    rule: '1.5',
    claim: 'the same request again is the same rotation',
    story: async (s) => {
      await s.create(1);
      const first = await rotate(s, 2, { RotationRules: rules });
      const before = await s.call('DescribeSecret');
      const again = await s.call('RotateSecret', {
        ClientRequestToken: version(2),
        RotationLambdaARN: goodArn,
        RotationRules: rules,
      });
      expect(again).toEqual(first);
      expect(await s.call('DescribeSecret')).toEqual(before);
    },
  },
  {
    rule: '3.8',
    claim: 'the service rotates by its own clock, inside the window',
    story: async (s) => {
      await s.create(1);
      endpoint.controls.clock.set(Date.parse('2026-11-20T10:00:00Z'));
      await rotate(s, 2, { RotationRules: { ScheduleExpression: 'cron(0 8 * * ? *)', Duration: '2h' } });
      const next = Date.parse('2026-11-21T10:00:00Z') / 1000 - 1;
      expect((await s.call('DescribeSecret')).NextRotationDate).toBe(next);
      endpoint.controls.clock.set(Date.parse('2026-11-21T07:59:00Z'));
      expect(await s.labels()).toEqual({ v1: 'V', v2: 'C' });
      endpoint.controls.clock.set(next * 1000 + 1000);
      await s.reported('RotationSucceeded', 2);
      const described = await s.call('DescribeSecret');
      expect(described.NextRotationDate).toBe(next + 86_400);
      expect(described.RotationRules).toMatchObject({ AutomaticallyAfterDays: 1 });
    },
  },
  {
    rule: '3.8',
    claim: 'a manual new value counts as a rotation for a schedule in days',
    story: async (s) => {
      await s.create(1);
      endpoint.controls.clock.set(Date.parse('2026-11-20T10:00:00Z'));
      await rotate(s, 2, { RotationRules: { AutomaticallyAfterDays: 10 } });
      endpoint.controls.clock.set(Date.parse('2026-11-25T10:00:00Z'));
      await s.put(3);
      expect((await s.call('DescribeSecret')).NextRotationDate).toBe(Date.parse('2026-12-05T23:59:59Z') / 1000);
    },
  },
  {
    rule: '3.9',
    claim: 'after a scheduled rotation has failed for good NextRotationDate lies in the past',
    story: async (s) => {
      await s.create(1);
      endpoint.controls.clock.set(Date.parse('2026-11-20T10:00:00Z'));
      const input = { ClientRequestToken: version(2), RotationLambdaARN: failingArn, RotationRules: rules };
      await s.call('RotateSecret', input);
      await s.reported('RotationSucceeded');
      failing.add(s.name);
      endpoint.controls.clock.set(Date.parse('2026-11-22T10:00:00Z'));
      await s.reported('RotationFailed', 3);
      failing.delete(s.name);
      expect((await s.call('DescribeSecret')).NextRotationDate).toBe(Date.parse('2026-11-21T23:59:59Z') / 1000);
    },
  },
  ...[
    { AutomaticallyAfterDays: 0 },
    { AutomaticallyAfterDays: 1001 },
    { AutomaticallyAfterDays: 1, ScheduleExpression: 'rate(1 day)' },
    { ScheduleExpression: 'rate(3 hours)' },
    { ScheduleExpression: 'cron(5 8 * * ? *)' },
    { ScheduleExpression: 'cron(0 8 * * ? 2027)' },
    { ScheduleExpression: 'cron(0 8 1 * 1 *)' },
    { ScheduleExpression: 'every day' },
    { AutomaticallyAfterDays: 1, Duration: '25h' },
    { AutomaticallyAfterDays: 1, Duration: '60m' },
    { ScheduleExpression: 'cron(0 20 * * ? *)', Duration: '5h' },
  ].map((bad) => ({
    rule: '4 row 40',
    claim: `the rules ${JSON.stringify(bad)} are refused and the stored ones stay`,
    story: async (s: Scenario) => {
      await s.create(1);
      await rotate(s, 2, { RotationRules: rules });
      expect((await s.refusal('RotateSecret', { ClientRequestToken: version(3), RotationRules: bad })).type).toBe(
        'InvalidParameterException',
      );
      expect((await s.call('DescribeSecret')).RotationRules).toEqual(rules);
    },
  })),
];

let glimpse: RotationFunction = () => undefined;

/** Does what a rotation function does; the secret's own client is the endpoint. */
async function rotationFunction(event: RotationEvent): Promise<void> {
  seen.push(event);
  await glimpse(event);
  const { Step, SecretId, ClientRequestToken } = event;
  const s = new Scenario(endpoint);
  if (Step === 'createSecret') {
    const { SecretString } = await s.call('GetSecretValue', { SecretId, VersionStage: 'AWSCURRENT' });
    const input = {
      SecretId,
      ClientRequestToken,
      SecretString: `${String(SecretString)} rotated`,
      VersionStages: ['AWSPENDING'],
    };
    await s.call('PutSecretValue', input);
  }
  const described = await s.call('DescribeSecret', { SecretId });
  if (Step === 'setSecret' && failing.has(String(described.Name))) throw new Error('refused by the database');
  if (Step !== 'finishSecret') return;
  const map = described.VersionIdsToStages as Record<string, string[]>;
  const RemoveFromVersionId = Object.keys(map).find((id) => map[id]?.includes('AWSCURRENT'));
  const move = { SecretId, VersionStage: 'AWSCURRENT', MoveToVersionId: ClientRequestToken, RemoveFromVersionId };
  await s.call('UpdateSecretVersionStage', move);
}

async function rotate(
  s: Scenario,
  number: number,
  input: Record<string, unknown> = {},
): Promise<Record<string, unknown>> {
  const answer = await s.call('RotateSecret', {
    ClientRequestToken: version(number),
    RotationLambdaARN: goodArn,
    ...input,
  });
  await s.reported('RotationSucceeded');
  return answer;
}

function stepsOf(s: Scenario): string[] {
  return seen.filter(({ SecretId }) => SecretId.includes(s.name)).map(({ Step }) => Step);
}

describe('rotation with a function in process', () => {
  beforeAll(async () => {
    const noting: RotationFunction = async (event) => {
      seen.push(event);
      await glimpse(event);
    };
    endpoint = await startSecretsManager({
      rotationFunction: new Map([
        [goodArn, rotationFunction],
        [failingArn, rotationFunction],
        [testArn, noting],
      ]),
      rotationRetryWaitsMs: [1, 1],
    });
  });

  afterEach(() => {
    glimpse = () => undefined;
    endpoint.controls.clock.reset();
  });

  afterAll(() => endpoint.close());

  it.each(stories)('$rule: $claim', async ({ story }) => {
    await story(new Scenario(endpoint));
  });
});

it('a step that does not end is given up after its time limit, while garbage is collected', async () => {
  const hanging = { rotationFunction: () => new Promise<void>(() => undefined), rotationStepTimeoutMs: 200 };
  endpoint = await startSecretsManager({ ...hanging, rotationRetryWaitsMs: [] });
  const s = new Scenario(endpoint);
  await s.create(1);
  const end = collectGarbage();

  await s.call('RotateSecret', { ClientRequestToken: version(2), RotationLambdaARN: goodArn });
  await s.reported('RotationFailed').finally(end);

  await endpoint.close();
});

describe.each(['plain HTTP', 'the Lambda Invoke API'])('rotation with a function at an address of %s', (kind) => {
  const requests: { url: string; invocationType: string }[] = [];
  let host: Server;
  let answer = { status: 200, failed: false };

  beforeAll(async () => {
    host = createServer((request, response) => {
      receive(request).then(
        (body) => {
          requests.push({
            url: request.url ?? '',
            invocationType: String(request.headers['x-amz-invocation-type'] ?? ''),
          });
          const isMissing = request.url?.includes('missing') === true;
          const done = (): void => {
            if (answer.failed) response.setHeader('x-amz-function-error', 'Unhandled');
            response.writeHead(isMissing ? 404 : answer.status).end();
          };
          const event = body === '' || body === '{}' ? undefined : (JSON.parse(body) as RotationEvent);
          if (event === undefined || answer.failed) done();
          else rotationFunction(event).then(done, () => response.writeHead(500).end());
        },
        () => response.destroy(),
      );
    });
    host.listen(0, '127.0.0.1');
    await until(() => host.listening, 'the function host did not start');
    const url = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
    const source = kind === 'plain HTTP' ? { url: `${url}/rotate` } : { lambdaEndpoint: url };
    endpoint = await startSecretsManager({ rotationFunction: source, rotationRetryWaitsMs: [1] });
  });

  afterAll(async () => {
    await endpoint.close();
    host.close();
  });

  it('calls it for every step', async () => {
    const s = new Scenario(endpoint);
    await s.create(1);

    await rotate(s, 2);

    expect(await s.labels()).toEqual({ v1: 'V', v2: 'C' });
    const lambdaPath = `/2015-03-31/functions/${encodeURIComponent(goodArn)}/invocations`;
    const path = kind === 'plain HTTP' ? '/rotate' : lambdaPath;
    expect(requests.slice(-4).map(({ url }) => url)).toEqual([path, path, path, path]);
  });

  it('takes an error answer for a failed step', async () => {
    const s = new Scenario(endpoint);
    await s.create(1);
    answer = kind === 'plain HTTP' ? { status: 500, failed: true } : { status: 200, failed: true };

    await s.call('RotateSecret', { ClientRequestToken: version(2), RotationLambdaARN: goodArn });
    await s.reported('RotationFailed', 2);
    answer = { status: 200, failed: false };

    expect(await s.labels()).toEqual({ v1: 'C', v2: 'P' });
  });

  it('is refused a function that cannot be reached', async () => {
    const s = new Scenario(endpoint);
    await s.create(1);
    if (kind === 'plain HTTP') {
      await new Promise((resolve) => {
        host.close(resolve).closeAllConnections();
      });
    }

    const refused = await s.refusal('RotateSecret', { ClientRequestToken: version(2), RotationLambdaARN: missingArn });

    expect(refused.type).toBe('AccessDeniedException');
  });
});

async function receive(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
