import fc from 'fast-check';
import { type SecretsManagerEndpoint, startSecretsManager } from '../../../local/secrets-manager';
import { operations } from '../../../local/secrets-manager/operations';
import { callOperation, sendRaw, signedHeaders } from './wire-client';

const members = [
  'SecretId',
  'Name',
  'ClientRequestToken',
  'SecretString',
  'SecretBinary',
  'VersionId',
  'VersionStage',
  'VersionStages',
  'MoveToVersionId',
  'RemoveFromVersionId',
  'Tags',
  'TagKeys',
  'Filters',
  'SecretIdList',
  'NextToken',
  'MaxResults',
  'PasswordLength',
  'ExcludeCharacters',
  'RotationRules',
  'RotationLambdaARN',
  'RotateImmediately',
  'ForceDeleteWithoutRecovery',
  'RecoveryWindowInDays',
  'AddReplicaRegions',
];

const text = fc.oneof(
  fc.string(),
  fc.constantFrom('t'.repeat(32), 'name', 'arn:', 'arn:a:b:c:d:e:f', '__proto__', 'constructor'),
);
const anything = fc.oneof({ weight: 3, arbitrary: text }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) });
const body = fc.dictionary(fc.oneof(fc.constantFrom(...members), fc.string()), anything, { maxKeys: 8 });

describe('whatever is sent', () => {
  let endpoint: SecretsManagerEndpoint;

  beforeAll(async () => {
    endpoint = await startSecretsManager();
  });

  afterAll(() => endpoint.close());

  it('is answered with 200 or a refusal that has type and text, never an internal error', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...operations.keys()), body, async (operation, input) => {
        const answer = await callOperation(endpoint, { operation, input });

        if (answer.status === 200) return;
        expect([answer.status, answer.body.__type]).toEqual([400, expect.stringMatching(/^\w+$/)]);
        expect(typeof (answer.body.Message ?? answer.body.message)).toBe('string');
      }),
      { numRuns: 1500 },
    );
  });

  it('is refused by the front door when it is not JSON, whatever bytes it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1 }), async (sent) => {
        const headers = signedHeaders(endpoint, { target: 'secretsmanager.ListSecrets', body: sent });
        const { status } = await sendRaw(endpoint.url, { headers, body: sent });

        expect([200, 400]).toContain(status);
      }),
      { numRuns: 200 },
    );
  });
});
