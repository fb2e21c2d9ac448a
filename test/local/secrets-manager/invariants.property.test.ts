import fc from 'fast-check';
import { operations } from '../../../local/secrets-manager/operations';
import { type OperationCall } from '../../../local/secrets-manager/service/operation';
import { type Secret } from '../../../local/secrets-manager/service/secret';
import { ServiceError } from '../../../local/secrets-manager/service/service-error';
import { applyRecord, changeRecord, type SecretRecord } from '../../../local/secrets-manager/storage/secret-record';
import { SecretStore } from '../../../local/secrets-manager/storage/secret-store';
import { version } from './scenario';

interface Request {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
}

const caller = { accountId: '000000000000', region: 'us-east-1' };
const name = 'secret';
const SecretId = name;

const token = fc.integer({ min: 1, max: 6 }).map(version);
const value = fc.constantFrom('one', 'two', 'three');
const label = fc.constantFrom('AWSCURRENT', 'AWSPENDING', 'AWSPREVIOUS', 'custom', 'other');
const maybe = <Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(arbitrary, { nil: undefined });

/** Requests that carry a token: repeating one, however late, changes nothing. */
const tokenRequest: fc.Arbitrary<Request> = fc.oneof(
  fc.record({
    operation: fc.constant('CreateSecret'),
    input: fc.record({ Name: fc.constant(name), ClientRequestToken: token, SecretString: maybe(value) }),
  }),
  fc.record({
    operation: fc.constant('PutSecretValue'),
    input: fc.record({
      SecretId: fc.constant(SecretId),
      ClientRequestToken: token,
      SecretString: value,
      VersionStages: maybe(fc.uniqueArray(label, { minLength: 1, maxLength: 3 })),
    }),
  }),
  fc.record({
    operation: fc.constant('UpdateSecret'),
    input: fc.record({ SecretId: fc.constant(SecretId), ClientRequestToken: token, SecretString: value }),
  }),
  fc.record({
    operation: fc.constant('RotateSecret'),
    input: fc.record({
      SecretId: fc.constant(SecretId),
      ClientRequestToken: token,
      RotationLambdaARN: fc.constant('arn'),
      RotateImmediately: fc.boolean(),
    }),
  }),
);

/** Requests without a token: repeating one at once changes nothing. */
const plainRequest: fc.Arbitrary<Request> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      operation: fc.constant('UpdateSecretVersionStage'),
      input: fc.record({
        SecretId: fc.constant(SecretId),
        VersionStage: label,
        RemoveFromVersionId: maybe(token),
        MoveToVersionId: maybe(token),
      }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom('GetSecretValue', 'CancelRotateSecret', 'RestoreSecret', 'DeleteSecret')
      .map((operation) => ({
        operation,
        input: { SecretId },
      })),
  },
);

/** A store, its journal's other end, and what was seen of it. */
class World {
  readonly journal = new Map<string, Secret>();
  readonly acknowledged: Request[] = [];
  #now = Date.parse('2026-11-20T10:00:00Z');

  constructor(readonly store: SecretStore) {}

  get secret(): Secret | undefined {
    return this.store.byName(caller, name);
  }

  /** Runs a request; true when it was acknowledged. */
  run({ operation, input }: Request): boolean {
    this.#now += 1;
    const call: OperationCall = { catalog: this.store, caller, now: this.#now, random: (below) => below - 1 };
    try {
      const { changed = [], accessed = [], refusal } = operations.get(operation)?.run(call, input) ?? { response: {} };
      for (const secret of [...changed, ...accessed]) this.#keep(secret);
      return refusal === undefined;
    } catch (error) {
      if (error instanceof ServiceError) return false;
      throw error;
    }
  }

  #keep(secret: Secret): void {
    const record = JSON.stringify(changeRecord(this.store.byArn(secret.arn), secret));
    applyRecord(this.journal, JSON.parse(record) as SecretRecord);
    void this.store.commit([secret]);
  }
}

/** Everything but the dates that every call may move. */
function essence(secret: Secret | undefined): unknown {
  return secret === undefined ? undefined : plain({ ...secret, changedAt: 0 });
}

/** As it is written down, so without members that have no value. */
function plain(secret: Secret | undefined): unknown {
  if (secret === undefined) return undefined;
  const { labels, versions, ...head } = secret;
  return JSON.parse(JSON.stringify({ ...head, labels: [...labels], versions: [...versions.values()] }));
}

function checkStep(
  { operation, input }: Request,
  { before, after }: { before: Secret | undefined; after: Secret },
): void {
  const current = after.labels.get('AWSCURRENT');
  if (before?.labels.has('AWSCURRENT') === true) expect(current).toBeDefined();
  if (current !== undefined) expect(after.versions.get(current)?.value).toBeDefined();
  for (const holder of after.labels.values()) expect(after.versions.has(holder)).toBe(true);
  for (const [id, { value: kept }] of before?.versions ?? []) {
    if (kept !== undefined) expect(after.versions.get(id)?.value).toEqual(kept);
  }
  const named = operation === 'PutSecretValue' ? input.VersionStages : [input.VersionStage];
  const isNamed = Array.isArray(named) && named.includes('AWSPREVIOUS');
  const moved = before?.labels.get('AWSPREVIOUS') !== after.labels.get('AWSPREVIOUS');
  if (moved && !isNamed) expect(current).not.toBe(before?.labels.get('AWSCURRENT'));
}

describe('whatever is asked of a secret', () => {
  it('keeps one holder per label, one current version, every value, and a journal that tells the same', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(tokenRequest, plainRequest), { minLength: 15, maxLength: 40 }),
        async (requests) => {
          const world = new World(await SecretStore.open(undefined));
          for (const request of requests) {
            const before = world.secret;
            const isAcknowledged = world.run(request);
            const after = world.secret;
            if (after === undefined) continue;
            checkStep(request, { before, after });
            if (!isAcknowledged && request.operation !== 'RotateSecret') expect(after).toBe(before);
            expect(plain(world.journal.get(after.arn))).toEqual(plain(after));
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('changes nothing when an acknowledged request comes again', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(tokenRequest, plainRequest), { minLength: 12, maxLength: 30 }),
        async (requests) => {
          const world = new World(await SecretStore.open(undefined));
          const withToken: Request[] = [];
          for (const request of requests) {
            if (!world.run(request)) continue;
            if ('ClientRequestToken' in request.input) withToken.push(request);
            for (const again of [request, ...withToken]) {
              const before = essence(world.secret);
              world.run(again);
              expect(essence(world.secret)).toEqual(before);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
