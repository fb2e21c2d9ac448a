import { DeleteSecretCommand, PutSecretValueCommand, RestoreSecretCommand } from '@aws-sdk/client-secrets-manager';
import { type Activities } from '../../activities';
import { type RotationConfiguration } from '../../rotation/rotation-request';
import { type OwnPostgresServer } from '../support/postgres-server';
import { type RotatedApplication } from '../support/rotated-application';
import { type RotorUnderTest } from '../support/rotor-under-test';
import { type postgresStrategies } from '../support/subject';

/** What a cause can reach. */
export interface Scene {
  readonly rotor: RotorUnderTest;
  /** Another server than the application's. */
  readonly elsewhere: OwnPostgresServer;
  readonly application: RotatedApplication;
  /** The ARN of the superuser's secret. */
  readonly superuser: string;
}

type Change = (scene: Scene) => Promise<unknown>;

/** Something that really goes wrong in a rotation, and where that leads. */
export interface Cause {
  readonly what: string;
  readonly strategy: (typeof postgresStrategies)[number];
  /** The step that it happens before. */
  readonly step: keyof Activities;
  readonly happens: Change;
  /** The failure that it leads to. */
  readonly type: string;
  /** `decision` where it stands in the way of the undo too. */
  readonly end: 'undone' | 'decision';
  /** Before anybody signs in to judge, and before a decision. */
  readonly mend?: Change;
  readonly configuration?: (scene: Scene) => RotationConfiguration;
}

/** Has the superuser do the work of a single user too. */
export const bySuperuser = ({ superuser }: Scene): RotationConfiguration => ({ superuserSecretId: superuser });

/** A statement about the application's user, or its alternate. */
export const sql = (statement: (username: string) => string): Change => {
  return ({ rotor, application }) => rotor.postgres.sql(statement(application.username));
};

/** Stores other members in the superuser's secret. */
export const editSuperuser = (members: (scene: Scene) => object): Change => {
  return async (scene) => {
    const { engine, host, port, username } = scene.rotor.postgres.superuser;
    const text = JSON.stringify({ engine, host, port, username, ssl: false, ...members(scene) });
    await scene.rotor.secretsManager.send(new PutSecretValueCommand({ SecretId: scene.superuser, SecretString: text }));
  };
};

export const superuserElsewhere = editSuperuser(({ elsewhere }) => {
  const { host, port, username, password } = elsewhere.superuser;
  return { host, port, username, password: password.reveal() };
});

export const superuserRefused = editSuperuser(() => ({ password: 'forgotten' }));

export const superuserWithoutPassword = editSuperuser(() => ({}));

export const superuserDeleted: Change = ({ rotor, superuser }) =>
  rotor.secretsManager.send(new DeleteSecretCommand({ SecretId: superuser, RecoveryWindowInDays: 7 }));

/** A user that may not change others. */
export const superuserWeak: Change = async (scene) => {
  const { rotor, application } = scene;
  const user = { username: `weak_${application.username}`, password: 'feeble w0rd' };
  await rotor.postgres.createUser(user);
  await editSuperuser(() => user)(scene);
};

export const scheduleDeletion: Change = ({ rotor, application }) =>
  rotor.secretsManager.send(new DeleteSecretCommand({ SecretId: application.arn }));

export const restoreSecret: Change = ({ rotor, application }) =>
  rotor.secretsManager.send(new RestoreSecretCommand({ SecretId: application.arn }));

export const changeByHand: Change = ({ application }) => application.setPassword('changed by hand');

export const changeBack: Change = ({ application }) => application.setPassword(application.firstPassword);

/** Asks for a table of the application's. */
export const readProbe = ({ application: { username } }: Scene): RotationConfiguration => ({
  probes: { read: [`SELECT n FROM of_${username}`] },
});
