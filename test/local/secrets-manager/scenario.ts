import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { type RotationEvent, type SecretsManagerEndpoint } from '../../../local/secrets-manager';
import { type Address, callOperation } from './wire-client';

type Input = Readonly<Record<string, unknown>>;

/** What a refusal looks like to its caller. */
export interface Refusal {
  readonly status: number;
  readonly type: unknown;
  readonly text: unknown;
}

/** A token, and so a version id, that is easily told from others: `v1`, `v2`, … */
export function version(number: number): string {
  return `v${number}-`.padEnd(36, '0');
}

const letters: Readonly<Record<string, string>> = { AWSCURRENT: 'C', AWSPENDING: 'P', AWSPREVIOUS: 'V' };

/** One secret's story, told to an endpoint over the wire. */
export class Scenario {
  readonly name = `story/${randomUUID()}`;
  readonly events: RotationEvent[] = [];

  constructor(
    readonly endpoint: SecretsManagerEndpoint,
    readonly address: Address = endpoint,
  ) {}

  /** Calls an operation that succeeds. */
  async call(operation: string, input: Input = {}): Promise<Record<string, unknown>> {
    const { status, body } = await callOperation(this.address, { operation, input: this.#about(operation, input) });
    if (status === 200) return body;
    throw new Error(`${operation} was refused: ${JSON.stringify(body)}`);
  }

  /** Calls an operation that is refused. */
  async refusal(operation: string, input: Input = {}): Promise<Refusal> {
    const { status, body } = await callOperation(this.address, { operation, input: this.#about(operation, input) });
    if (status === 200) throw new Error(`${operation} was not refused`);
    return { status, type: body.__type, text: body.Message };
  }

  create(number: number, input: Input = {}): Promise<Record<string, unknown>> {
    return this.call('CreateSecret', {
      SecretString: `value ${number}`,
      ClientRequestToken: version(number),
      ...input,
    });
  }

  put(number: number, stages?: readonly string[]): Promise<Record<string, unknown>> {
    const value = { SecretString: `value ${number}`, ClientRequestToken: version(number) };
    return this.call('PutSecretValue', stages === undefined ? value : { ...value, VersionStages: stages });
  }

  update(number: number, input: Input = {}): Promise<Record<string, unknown>> {
    return this.call('UpdateSecret', {
      SecretString: `value ${number}`,
      ClientRequestToken: version(number),
      ...input,
    });
  }

  /** Moves, attaches or detaches a label. */
  move(label: string, { from, to }: { from?: number; to?: number }): Promise<Record<string, unknown>> {
    return this.call('UpdateSecretVersionStage', stageMove(label, { from, to }));
  }

  moveRefusal(label: string, { from, to }: { from?: number; to?: number }): Promise<Refusal> {
    return this.refusal('UpdateSecretVersionStage', stageMove(label, { from, to }));
  }

  /** The number of the version that a plain read gives. */
  async current(): Promise<unknown> {
    return (await this.call('GetSecretValue')).SecretString;
  }

  /** The label map of DescribeSecret, short: `{ v1: 'V', v2: 'C+P' }`. */
  async labels(): Promise<Record<string, string>> {
    const { VersionIdsToStages: map = {} } = await this.call('DescribeSecret');
    return shorten(Object.entries(map as Record<string, string[]>));
  }

  /** The versions of ListSecretVersionIds, likewise; a version without the VersionStages key is `-`. */
  async listed(input: Input = {}): Promise<Record<string, string>> {
    const { Versions: versions } = await this.call('ListSecretVersionIds', input);
    const found = versions as { VersionId: string; VersionStages?: string[] }[];
    return shorten(found.map(({ VersionId, VersionStages }) => [VersionId, VersionStages ?? ['-']]));
  }

  /** Waits for the named report of the service about this secret. */
  async reported(name: string, count = 1): Promise<void> {
    await until(() => this.#reports(name) >= count, `${name} was not reported`);
  }

  /** How often the service reported this of the secret. */
  #reports(name: string): number {
    const mine = this.endpoint.controls.events.list().filter(({ secretId }) => secretId.includes(`:${this.name}-`));
    return mine.filter((event) => event.name === name).length;
  }

  #about(operation: string, input: Input): Input {
    if (['ListSecrets', 'GetRandomPassword', 'BatchGetSecretValue'].includes(operation)) return input;
    return operation === 'CreateSecret' ? { Name: this.name, ...input } : { SecretId: this.name, ...input };
  }
}

/** Waits for a condition, at most ten seconds. */
export async function until(condition: () => boolean | Promise<boolean>, otherwise: string): Promise<void> {
  const limit = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > limit) throw new Error(otherwise);
    await wait(5);
  }
}

function stageMove(label: string, { from, to }: { from?: number | undefined; to?: number | undefined }): Input {
  return {
    VersionStage: label,
    RemoveFromVersionId: from === undefined ? undefined : version(from),
    MoveToVersionId: to === undefined ? undefined : version(to),
  };
}

function shorten(entries: readonly (readonly [string, readonly string[]])[]): Record<string, string> {
  return Object.fromEntries(
    entries.map(([id, stages]) => [
      id.replace(/-0*$/, ''),
      stages
        .map((stage) => letters[stage] ?? stage)
        .sort()
        .join('+'),
    ]),
  );
}
