import { randomBytes } from 'node:crypto';
import { type DatabaseEngine } from '../../../rotation/database-engine';
import { Sensitive } from '../../../rotation/sensitive';
import { type AlternatingUnderTest, describeAlternateUsersContract } from '../../contracts/alternate-users';
import { type Arrangement, describeDatabaseEngineContract } from '../../contracts/database-engine';
import { describeLateChanges } from '../../contracts/late-changes';
import { describeSecondPasswordsContract } from '../../contracts/second-passwords';
import { holdChanges } from './hold-changes';
import { SqlServer } from './sql-server';

/** A server for one suite, and how to be rid of it. */
export interface ServerForSuite {
  readonly server: SqlServer;
  readonly close: () => Promise<void>;
}

/** What to run the contracts on. */
export interface ContractsSubject {
  readonly name: string;
  readonly start: () => Promise<ServerForSuite>;
  readonly underTest: (server: SqlServer, close: () => Promise<void>) => Promise<AlternatingUnderTest>;
  readonly cannot: Partial<Record<Arrangement, string>> & { readonly passwordRefusedFor: string };
}

/** All that is asked of an engine whose users take turns and have two passwords. */
export function describeContracts({ name, start: startServer, underTest, cannot }: ContractsSubject): void {
  const start = async (): Promise<AlternatingUnderTest> => {
    const { server, close } = await startServer();
    return underTest(server, close);
  };
  describeDatabaseEngineContract({ name, cannot, secondPassword: true, start });
  describeSecondPasswordsContract({ name, start });
  describeAlternateUsersContract({ name, start, cannotRefusePasswords: cannot.passwordRefusedFor });
  describe(`${name} and what is late`, () => {
    describeLateChangesOn({ start: startServer, underTest });
  });
}

function describeLateChangesOn({ start, underTest }: Pick<ContractsSubject, 'start' | 'underTest'>): void {
  let parts: ServerForSuite;
  let world: AlternatingUnderTest;
  const prefix = randomBytes(3).toString('hex'); // a server elsewhere may have users of an earlier run
  let lastUser = 0;

  beforeAll(async () => {
    parts = await start();
    world = await underTest(parts.server, parts.close);
  });

  afterAll(async () => {
    await world.close();
  });

  describeLateChanges({
    engineFor: (): DatabaseEngine => world.engine(),
    user: async () => {
      const user = { username: `late_${prefix}_${++lastUser}`, password: 'first' };
      await parts.server.createUser(user);
      return { ...parts.server.address, username: user.username, password: new Sensitive(user.password) };
    },
    get admin() {
      return world.superuser;
    },
    holdChanges: () => holdChanges(parts.server),
  });
}

/** The server that a URL names, such as `mysql://admin:secret@host:3306?sslmode=disable`. */
export function serverAt(engine: string, url: string): SqlServer {
  const { hostname, port, username, password, searchParams } = new URL(url);
  return new SqlServer({
    engine,
    host: hostname,
    port: Number(port || '3306'),
    username: decodeURIComponent(username),
    password: new Sensitive(decodeURIComponent(password)),
    tls: searchParams.get('sslmode') !== 'disable',
  });
}
