interface Bucket {
  readonly perSecond: number;
  left: number;
  filledAt: number;
}

/** Calls per second, per account and Region; the operations of one line share its bucket. */
const quotas: readonly (readonly [perSecond: number, ...operations: string[]])[] = [
  [10_000, 'GetSecretValue'],
  [40_000, 'DescribeSecret'],
  [100, 'BatchGetSecretValue'],
  [50, 'PutSecretValue', 'UpdateSecret', 'UpdateSecretVersionStage'],
  [50, 'RotateSecret', 'CancelRotateSecret'],
  [50, 'GetRandomPassword'],
  [50, 'RestoreSecret'],
  [50, 'TagResource', 'UntagResource'],
  [50, 'CreateSecret'],
  [50, 'DeleteSecret'],
  [100, 'ListSecrets'],
  [50, 'ListSecretVersionIds'],
];

/** The service's quotas, enforced where asked for. */
export class Quotas {
  readonly #share: number;
  readonly #buckets = new Map<string, Bucket>();

  /** With a share of less than 1, as much of each is there as others of the account leave. */
  constructor(share: number) {
    this.#share = share;
  }

  /** Takes one call out of its bucket; false where the bucket is empty. The time is real and in milliseconds. */
  admit(operation: string, { scope, now }: { scope: string; now: number }): boolean {
    const bucket = this.#bucketOf(operation, { scope, now });
    if (bucket === undefined) return true;
    const refill = ((now - bucket.filledAt) * bucket.perSecond) / 1000;
    bucket.left = Math.min(bucket.perSecond, bucket.left + refill);
    bucket.filledAt = now;
    if (bucket.left < 1) return false;
    bucket.left -= 1;
    return true;
  }

  #bucketOf(operation: string, { scope, now }: { scope: string; now: number }): Bucket | undefined {
    const [quota, first] = quotas.find(([, ...operations]) => operations.includes(operation)) ?? [];
    if (quota === undefined || first === undefined) return undefined;
    const perSecond = quota * this.#share;
    const name = `${scope} ${first}`;
    const bucket = this.#buckets.get(name) ?? { perSecond, left: perSecond, filledAt: now };
    this.#buckets.set(name, bucket);
    return bucket;
  }
}
