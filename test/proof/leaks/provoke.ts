import { randomBytes, randomUUID } from 'node:crypto';
import {
  type RotateSecretRequest,
  RotationFailedError,
  type RotationHandle,
  WaitingForWorkerError,
} from '../../../client';
import { waitUntil } from '../../../local/supervisor';
import { type StrategyName } from '../../../rotation/strategies/rotation-strategy';
import { type RotorUnderTest } from '../../support/rotor-under-test';
import { type AnsweredCall, type StoreGate } from '../../support/store-gate';
import { StoredSecret } from '../../support/stored-secret';
import { type LoggedServer } from '../../support/targets/logged-server';
import { createRotatedUser, type RotatedUser } from '../../support/targets/rotated-user';
import { type Failure, type Scene } from './failure-scene';

/** What failures are provoked in. */
export interface Ground extends Pick<Scene, 'elsewhere' | 'unusedPort'> {
  readonly rotor: RotorUnderTest;
  readonly gate: StoreGate;
  readonly logged: LoggedServer;
}

/** One failure that is to happen with one strategy. */
export interface Provocation {
  readonly failure: Failure;
  readonly strategy: StrategyName;
}

/** What came of one. */
export interface Provoked {
  /** What it failed with: the first that was to be seen. */
  readonly type: string;
  readonly user: RotatedUser;
  /** All that its users and secrets ever had: what nobody may find. */
  readonly passwords: readonly string[];
  /** What nobody may find but in the database. */
  readonly notes: readonly string[];
}

interface FailureScene extends Scene {
  readonly passwords: string[];
  readonly notes: string[];
}

type AskedRotation = RotateSecretRequest & { readonly clientRequestToken: string };

const limitMs = 50_000;
const everyMs = 1_000;

/** Begins a rotation, has a failure happen to it, sees it and lets the rotation end. */
export async function provoke(ground: Ground, { failure, strategy }: Provocation): Promise<Provoked> {
  const scene = await setUp(ground, { failure, strategy });
  const { secret, configuration } = scene.user;
  const token = await failure.before?.(scene);
  const mended = interrupt(ground.gate, { failure, scene });

  const rotation = await accepted(ground.rotor, {
    secretId: secret.arn,
    configuration: { ...configuration, ...failure.configuration?.(scene) },
    clientRequestToken: typeof token === 'string' ? token : randomUUID(),
  });

  const type = await untilSeen(ground.rotor, { rotation, isRetried: failure.mend !== undefined });
  await mended();
  await failure.mend?.(scene);
  await untilEnded(ground.rotor, rotation);
  const { user, passwords, notes } = scene;
  return { type, user, passwords, notes };
}

async function setUp(
  { rotor: { secretsManager }, logged, elsewhere, unusedPort }: Ground,
  { failure, strategy }: Provocation,
): Promise<FailureScene> {
  const made = await createRotatedUser({ target: logged.target, secretsManager }, { strategy });
  const { superuserSecretId: arn = '', ...own } = made.configuration;
  const user = failure.by === 'itself' ? { ...made, configuration: own } : made;
  const { username, password } = await user.secret.account();
  if (failure.by === 'itself') await logged.target.allowOwnPassword(username);
  const [passwords, notes]: [string[], string[]] = [[password], []];
  return {
    username,
    ...{ secretsManager, logged, elsewhere, unusedPort, user, passwords, notes },
    superuser: new StoredSecret(secretsManager, { name: arn, arn, firstVersion: '' }),
    newPassword: () => grown(passwords),
    newNote: () => grown(notes),
    releases: [],
  };
}

function grown(values: string[]): string {
  const value = randomBytes(24).toString('base64url');
  values.push(value);
  return value;
}

/** Learns each new password; has the failure happen once the first one is stored. Returns what ends the store's part in it, and tells whether it could. */
function interrupt(
  gate: StoreGate,
  { failure, scene }: { failure: Failure; scene: FailureScene },
): () => Promise<void> {
  let happening: Promise<unknown> | undefined;
  let isMended = false;
  gate.interrupt(scene.user.secret.arn, async (call) => {
    if (call.operation === 'PutSecretValue') {
      scene.passwords.push(passwordIn(call));
      happening ??= Promise.resolve(failure.happens?.(scene));
    }
    await Promise.allSettled([happening]);
    return happening && !isMended && failure.answer ? failure.answer(call) : call.answer;
  });
  return async () => {
    isMended = true;
    await happening;
  };
}

function passwordIn({ body }: AnsweredCall): string {
  const { SecretString: text = '' } = JSON.parse(body) as { SecretString?: string };
  return (JSON.parse(text) as { password: string }).password;
}

/** Asks until a busy worker has answered; the rotation has its configuration from the first time. */
async function accepted(rotor: RotorUnderTest, request: AskedRotation): Promise<RotationHandle> {
  const { secretId, clientRequestToken } = request;
  for (let attempt = 1; ; attempt += 1) {
    const asked = attempt === 1 ? request : { secretId, clientRequestToken };
    try {
      return await rotor.client.rotateSecret(asked);
    } catch (err) {
      if (!(err instanceof WaitingForWorkerError) || attempt === 5) throw err;
    }
  }
}

/** Waits for a failure; those that are retried are seen while they are. */
async function untilSeen(
  rotor: RotorUnderTest,
  { rotation, isRetried }: { rotation: RotationHandle; isRetried: boolean },
): Promise<string> {
  let type: string | undefined;
  const isSeen = async (): Promise<boolean> => {
    const { rotation: seen } = await rotor.client.describe(rotation.arn);
    if (isRetried) type = seen?.retrying?.type;
    type ??= seen?.status?.question?.reason.type;
    if (type === undefined && seen?.open === false) type = await outcomeOf(rotor, rotation);
    return type !== undefined;
  };
  await waitUntil(isSeen, { limitMs, everyMs });
  return type ?? 'nothing was seen';
}

/** What a rotation failed with; for one that went on under another password, what became of the first. */
async function outcomeOf(rotor: RotorUnderTest, rotation: RotationHandle): Promise<string> {
  try {
    const { outcome, clientRequestToken } = await rotor.client.outcome(rotation);
    return clientRequestToken === rotation.versionId ? outcome : 'PasswordRejected';
  } catch (err) {
    return err instanceof RotationFailedError ? err.type : String(err);
  }
}

/** Where the rotation asks a person, it is told to leave things as they are. */
async function untilEnded(rotor: RotorUnderTest, { arn }: RotationHandle): Promise<void> {
  const hasEnded = async (): Promise<boolean> => {
    const { rotation: seen } = await rotor.client.describe(arn);
    if (seen?.status?.question) await rotor.client.decide({ secretId: arn, choice: 'abandon' });
    return seen?.open === false;
  };
  if (!(await waitUntil(hasEnded, { limitMs, everyMs }))) throw new Error(`The rotation of ${arn} does not end.`);
}
