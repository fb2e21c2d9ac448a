import { randomBytes, randomUUID } from 'node:crypto';
import { type Activities } from '../../activities';
import { type RotationConfiguration } from '../../rotation/rotation-request';
import { type UserAccount } from '../contracts/database-engine';
import { type OwnSqlServer, quoteName } from '../support/servers/sql-server';
import { SqlApplication, type SqlPlace } from '../support/sql-application';
import { createSecret } from '../support/stored-secret';

/** How a user's password is changed, and by whom. */
export interface Way {
  readonly strategy: NonNullable<RotationConfiguration['strategy']>;
  readonly by: 'itself' | 'the superuser';
}

/** What a cause can reach. */
export interface SqlScene {
  readonly server: OwnSqlServer;
  readonly application: SqlApplication;
  /** A user of this scene alone, with no privilege but those that the documentation names. */
  readonly superuser: UserAccount;
  readonly configuration: RotationConfiguration;
}

/** What sets right again what was done. */
export type Mend = () => Promise<unknown>;

/** Where what happened may stay. */
export const nothingToMend: Mend = () => Promise.resolve();

/** Does something. Yields what sets it right again: nobody can judge before that. */
export type Happening = (scene: SqlScene) => Promise<Mend>;

/** Something that really goes wrong in a rotation on MySQL or MariaDB, and where that leads. */
export interface SqlCause extends Way, SqlEnd {
  readonly what: string;
  /** The step that it happens before. */
  readonly step: keyof Activities;
  readonly happens: Happening;
  /** What else is true in the end. */
  readonly then?: (scene: SqlScene) => Promise<void>;
}

/** Where something leads. */
export interface SqlEnd {
  /** The failure that it leads to; `no failure`, where the rotation takes it in its stride. */
  readonly type: string;
  /** `decision` where it stands in the way of the undo too; `rotated` once it is mended. */
  readonly end: 'undone' | 'decision' | 'rotated';
}

/** Whether a server is MySQL and not MariaDB. */
export const isMysql = ({ address }: OwnSqlServer): boolean => address.engine === 'mysql';

/** Makes a user of a server, its secret, and a superuser. */
export async function setSqlScene(place: SqlPlace, { strategy, by }: Way): Promise<SqlScene> {
  const { server, secretsManager } = place;
  const application = await SqlApplication.create(place);
  const username = `admin_${randomUUID().slice(0, 8)}`;
  const superuser = await server.createUser({ username, password: randomBytes(24).toString('base64url') });
  await permitChanges(server, username);
  if (by === 'itself') {
    if (isMysql(server)) await permitChanges(server, application.username);
    return { server, application, superuser, configuration: { strategy } };
  }
  const { engine, host, port } = server.address;
  const value = { engine, host, port, ...superuser, ssl: false };
  const { arn } = await createSecret(secretsManager, { name: `test/${username}`, value });
  return { server, application, superuser, configuration: { strategy, superuserSecretId: arn } };
}

async function permitChanges(server: OwnSqlServer, username: string): Promise<void> {
  await server.sql(`GRANT CREATE USER ON *.* TO ${quoteName(username)}`);
  await server.sql(`GRANT SELECT ON mysql.* TO ${quoteName(username)}`);
}
