import { randomBytes, randomUUID } from 'node:crypto';
import { DeleteSecretCommand, PutSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type RotationConfiguration } from '../../../rotation/rotation-request';
import { type StrategyName } from '../../../rotation/strategies/rotation-strategy';
import { type UserAccount } from '../../contracts/database-engine';
import { type AnsweredCall, type StoreAnswer } from '../../support/store-gate';
import { type StoredSecret } from '../../support/stored-secret';
import { type LoggedServer } from '../../support/targets/logged-server';
import { type RotatedUser } from '../../support/targets/rotated-user';

/** What a failure can reach. */
export interface Scene {
  readonly secretsManager: SecretsManagerClient;
  readonly logged: LoggedServer;
  /** Another server than the user's, of the same kind or not. */
  readonly elsewhere: { readonly host: string; readonly port: number } & UserAccount;
  readonly unusedPort: number;
  readonly user: RotatedUser;
  readonly superuser: StoredSecret;
  readonly username: string;
  /** A password that nobody may find, made for this failure. */
  readonly newPassword: () => string;
  /** A value that the database itself may show in its log, and nobody else. */
  readonly newNote: () => string;
  /** Lets go of what is held. */
  readonly releases: (() => void)[];
}

/** Something that goes wrong. */
export type Change = (scene: Scene) => Promise<unknown>;

/** A failure that is really provoked. */
export interface Failure {
  readonly type: string;
  readonly what: string;
  /** @defaultValue all that the server can do */
  readonly strategies?: readonly StrategyName[];
  /** The user changes its own password. @defaultValue the superuser does */
  readonly by?: 'itself';
  readonly configuration?: (scene: Scene) => RotationConfiguration;
  /** Before the rotation begins. Returns the version that it is to take, if there is one already. */
  readonly before?: (scene: Scene) => Promise<unknown>;
  /** Once the new password is stored, before anybody uses it. */
  readonly happens?: Change;
  /** What the store answers from then on. */
  readonly answer?: (call: AnsweredCall) => StoreAnswer;
  /** Once the failure was seen. */
  readonly mend?: Change;
}

/** Runs statements as the superuser. */
export async function run({ logged: { target } }: Scene, statements: readonly string[]): Promise<void> {
  await target.inSession(target.superuser, async (runOne) => {
    for (const statement of statements) await runOne(statement);
  });
}

/** A statement about the user. */
export const statement = (text: (username: string) => string): Change => {
  return (scene) => run(scene, [text(scene.username)]);
};

/** Stores other members in the superuser's secret. */
export const editSuperuser = (members: (scene: Scene) => object): Change => {
  return async (scene) => {
    const { target } = scene.logged;
    await scene.superuser.put(JSON.stringify({ ...target.members, ...target.superuser, ...members(scene) }));
  };
};

/** Stores the superuser's secret as it was. */
export const restoreSuperuser = editSuperuser(() => ({}));

/** Stores another user of the server as the superuser. */
export async function replaceSuperuser(scene: Scene, statements: (name: string) => readonly string[]): Promise<void> {
  const user = { username: `admin_${randomBytes(4).toString('hex')}`, password: scene.newPassword() };
  await scene.logged.target.createApplication({ ...user, table: `of_${user.username}` });
  await run(scene, statements(user.username));
  await editSuperuser(() => user)(scene);
}

/** The secret's text, with a password of its own, made unreadable. */
export const malform = (spoil: (text: string, password: string) => string): Change => {
  return async (scene) => {
    const password = scene.newPassword();
    const text = JSON.stringify({ ...(await scene.user.secret.value()), password });
    await scene.user.secret.put(spoil(text, password));
  };
};

/** Stores the version of a rotation that has not begun, as if an earlier attempt had done so; returns its token. */
export async function storePending({ user, secretsManager }: Scene, password: string): Promise<string> {
  const token = randomUUID();
  const command = new PutSecretValueCommand({
    SecretId: user.secret.arn,
    ClientRequestToken: token,
    SecretString: JSON.stringify({ ...(await user.secret.value()), password }),
    VersionStages: ['AWSPENDING'],
  });
  await secretsManager.send(command);
  return token;
}

/** Keeps a user from being changed until what is held is let go of. */
export async function stall(scene: Scene, username: string): Promise<void> {
  const { logged } = scene;
  await new Promise<void>((isStalled, fail) => {
    const holding = logged.target.inSession(logged.target.superuser, async (runOne) => {
      for (const text of logged.stall(username)) await runOne(text);
      isStalled();
      await new Promise<void>((release) => scene.releases.push(release));
    });
    holding.catch(fail);
  });
}

/** Schedules one of the secrets for deletion. */
export const scheduleDeletion = (which: (scene: Scene) => StoredSecret): Change => {
  return (scene) => scene.secretsManager.send(new DeleteSecretCommand({ SecretId: which(scene).arn }));
};

/** Refuses what has been done, and repeats all that was sent, as a service may that is not careful. */
export const refuse = (error: string): NonNullable<Failure['answer']> => {
  return (call) => (call.operation === 'PutSecretValue' ? fail({ status: 400, error })(call) : call.answer);
};

/** The same for every call. */
export const fail = ({ status, error }: { status: number; error: string }): NonNullable<Failure['answer']> => {
  return ({ body }) => ({ status, body: JSON.stringify({ __type: error, Message: `cannot take ${body}` }) });
};

/** Breaks off in the middle of a value. */
export const truncate: NonNullable<Failure['answer']> = ({ operation, answer }) =>
  operation === 'GetSecretValue' ? { ...answer, body: answer.body.slice(0, -2) } : answer;

/** Answers with a page that repeats what was to be answered, as a proxy may. */
export const page: NonNullable<Failure['answer']> = ({ operation, body, answer }) =>
  operation === 'DescribeSecret' ? answer : { status: 502, body: `<html>${body} ${answer.body}</html>` };

/** For what concerns a user's own password. */
export const onlySingle: readonly StrategyName[] = ['single-user'];

/** Probes that read what a scene has. */
export const probe = (read: (scene: Scene) => string): NonNullable<Failure['configuration']> => {
  return (scene) => ({ probes: { read: [read(scene)] } });
};

/** Somebody sets another password in the database, and tells nobody. */
export const changedByHand: Change = ({ logged, username, newPassword }) =>
  logged.target.setPassword({ username, password: newPassword() });

/** Time alone mends it. */
export async function nothing(): Promise<void> {
  await Promise.resolve();
}
