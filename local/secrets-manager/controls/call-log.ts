/** One call as it was received and answered, without any value. */
export interface CallRecord {
  readonly sequence: number;
  readonly at: number;
  readonly operation: string;
  /** Names, ids, tokens and labels of the request. */
  readonly request: Readonly<Record<string, unknown>>;
  /** The error's type, where the call was refused. */
  readonly error?: string | undefined;
}

/** Members that hold no secret value. */
const loggedMembers = [
  'SecretId',
  'Name',
  'ClientRequestToken',
  'VersionId',
  'VersionStage',
  'VersionStages',
  'MoveToVersionId',
  'RemoveFromVersionId',
  'RotateImmediately',
  'RotationLambdaARN',
  'RotationRules',
  'SecretIdList',
];

const logSize = 10_000;

/** The latest calls, for tests to look at. */
export class CallLog {
  #calls: CallRecord[] = [];
  #sequence = 0;
  readonly #isOn: boolean;

  constructor(isOn: boolean) {
    this.#isOn = isOn;
  }

  /** Notes a call, unless the log is off. */
  note({
    at,
    operation,
    body,
    error,
  }: {
    at: number;
    operation: string;
    body: unknown;
    error?: string | undefined;
  }): void {
    if (!this.#isOn) return;
    const request = loggedPart(body);
    this.#calls.push({ sequence: this.#sequence, at, operation, request, error });
    this.#sequence += 1;
    if (this.#calls.length >= 2 * logSize) this.#calls = this.#calls.slice(-logSize);
  }

  /** The latest calls, oldest first. */
  list(): readonly CallRecord[] {
    return this.#calls.slice(-logSize);
  }

  /** Forgets all. */
  clear(): void {
    this.#calls = [];
  }
}

function loggedPart(body: unknown): Readonly<Record<string, unknown>> {
  const given = body as Readonly<Record<string, unknown>>;
  return Object.fromEntries(loggedMembers.flatMap((name) => (Object.hasOwn(given, name) ? [[name, given[name]]] : [])));
}
