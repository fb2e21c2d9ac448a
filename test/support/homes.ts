import { type RotationConfiguration } from '../../rotation/rotation-request';
import { type ConnectionSecret } from '../../rotation/secret-value';
import { type UserAccount } from '../contracts/database-engine';
import { mariadbHere, startMariadbServer } from './mariadb-server';
import { mysqlHere, startMysqlServer } from './mysql-server';
import { startPostgresServer } from './postgres-server';
import { type RotatedApplication } from './rotated-application';
import { type RotorUnderTest } from './rotor-under-test';
import { type Provision, whereThere } from './servers/describe-on';
import { type OwnSqlServer } from './servers/sql-server';
import { SqlApplication } from './sql-application';
import { type StoredSecret } from './stored-secret';
import { storeSuperuser } from './subject';

/** A user whose password a secret holds, on whatever server. */
export type HomeApplication = StoredSecret &
  Pick<RotatedApplication, 'username' | 'firstPassword' | 'accepts' | 'signsIn' | 'setPassword'>;

type Strategy = NonNullable<RotationConfiguration['strategy']>;

/** A server of a suite's own, of whatever kind. */
export interface HomeServer {
  readonly superuser: ConnectionSecret;
  /** Makes an ordinary user. */
  createUser(user: UserAccount): Promise<UserAccount>;
  /** Lets it answer nobody until it is resumed. */
  halt(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

type Create = (members: Readonly<Record<string, unknown>>) => Promise<HomeApplication>;

/** A server, and the applications whose users live there. */
export class Home {
  readonly #rotor: RotorUnderTest;
  readonly #create: Create;

  constructor(
    rotor: RotorUnderTest,
    readonly server: HomeServer,
    create: Create,
  ) {
    this.#rotor = rotor;
    this.#create = create;
  }

  /** Makes a user who may change its own password, and its secret. */
  createApplication(members: Readonly<Record<string, unknown>> = {}): Promise<HomeApplication> {
    return this.#create(members);
  }

  /** Makes one whose secret itself says by which strategy it is rotated. */
  async createSubject(strategy: Strategy): Promise<HomeApplication> {
    return this.createApplication(strategy === 'single-user' ? {} : { masterarn: await this.storeSuperuser() });
  }

  /** Stores the secret of the superuser; returns its ARN. */
  storeSuperuser(): Promise<string> {
    return storeSuperuser(this.#rotor, this.server);
  }
}

/** A kind of home, and how one is opened. */
export interface HomeKind {
  readonly name: string;
  readonly provision: Provision<(rotor: RotorUnderTest) => Promise<Home>>;
}

/** All of them. */
export const homeKinds: readonly HomeKind[] = [
  { name: 'PostgreSQL', provision: { there: openPostgres } },
  { name: 'MySQL', provision: whereThere(mysqlHere, (program) => opener(() => startMysqlServer(program))) },
  { name: 'MariaDB', provision: whereThere(mariadbHere, (program) => opener(() => startMariadbServer(program))) },
];

async function openPostgres(rotor: RotorUnderTest): Promise<Home> {
  const server = await startPostgresServer();
  return new Home(rotor, server, (members) => rotor.createApplication(members, server));
}

function opener(start: () => Promise<OwnSqlServer>): (rotor: RotorUnderTest) => Promise<Home> {
  return async (rotor) => {
    const server = await start();
    return new Home(rotor, server, async (members) => {
      const application = await SqlApplication.create({ server, secretsManager: rotor.secretsManager }, members);
      await server.sql(`GRANT CREATE USER ON *.* TO ${application.sqlName}`); // which MySQL wants for a hash
      return application;
    });
  };
}
