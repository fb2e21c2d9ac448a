import { randomBytes } from 'node:crypto';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { type StrategyName } from '../../client';
import { mariadbHere, startMariadbServer } from '../../test/support/mariadb-server';
import { mysqlHere, startMysqlServer } from '../../test/support/mysql-server';
import { type Provision } from '../../test/support/servers/describe-on';
import { type OwnSqlServer, quoteName, quoteText } from '../../test/support/servers/sql-server';
import { type BenchContext } from '../section';
import { startBenchPostgres } from './postgres-database';
import { type BenchStack } from './start-bench-stack';

const engines = ['postgres', 'mysql', 'mariadb'] as const;

/** One of the engines that are measured. */
export type EngineName = (typeof engines)[number];

/** A user of a database and its password. */
export interface DatabaseUser {
  readonly username: string;
  readonly password: string;
}

/** A database server with nothing in it. */
export interface Database {
  readonly engine: EngineName;
  readonly host: string;
  readonly port: number;
  readonly dbname: string;
  readonly superuser: DatabaseUser;
  readonly pid: number;
  readonly version: string;
  /** Makes users that a strategy can rotate, with nothing of their own. */
  createUsers(users: readonly DatabaseUser[], strategy: StrategyName): Promise<void>;
  /** Ends it for good. */
  close(): Promise<void>;
}

/** The engines whose servers this machine can have; of the others it is told why not. */
export function enginesHere({ onProgress }: Pick<BenchContext, 'onProgress'>): EngineName[] {
  const provisions = { postgres: undefined, mysql: mysqlHere, mariadb: mariadbHere };
  return engines.filter((engine) => {
    const provision = provisions[engine];
    if (provision === undefined || 'there' in provision) return true;
    onProgress(`${engine} is left out: ${provision.missing}`);
    return false;
  });
}

const limits = { 'max-connections': '500', 'innodb-flush-log-at-trx-commit': '1' };

/** Starts a server of an engine, as the tests do; one that this machine cannot have is an error with the reason. */
export async function startDatabase(stack: BenchStack, engine: EngineName, context: BenchContext): Promise<Database> {
  context.onProgress(`starting ${engine}`);
  const database = engine === 'postgres' ? await startBenchPostgres(stack) : await startSqlDatabase(engine);
  context.onVersion(engine, database.version);
  return database;
}

async function startSqlDatabase(engine: 'mysql' | 'mariadb'): Promise<Database> {
  const server =
    engine === 'mysql'
      ? await startMysqlServer(needed(mysqlHere), limits)
      : await startMariadbServer(needed(mariadbHere), limits);
  await server.sql('CREATE DATABASE bench');
  const [row] = await server.sql<{ version: string }>('SELECT version() AS version');
  const { host, port = 0 } = server.address;
  const { username, password } = server.superuser;
  return {
    engine,
    host,
    port,
    dbname: 'bench',
    superuser: { username, password: password.reveal() },
    pid: server.pid,
    version: row?.version ?? 'unknown',
    createUsers: (users, strategy) => createSqlUsers(server, { engine, users, strategy }),
    close: () => server.stop(),
  };
}

async function createSqlUsers(
  server: OwnSqlServer,
  { engine, users, strategy }: { engine: EngineName; users: readonly DatabaseUser[]; strategy: StrategyName },
): Promise<void> {
  // Only who may create users may give MySQL a hash instead of a password.
  const changesItself = engine === 'mysql' && strategy === 'single-user';
  await server.withConnection(async (connection) => {
    for (const { username, password } of users) {
      const account = `${quoteName(username)}@'%'`;
      await connection.query(`CREATE USER ${account} IDENTIFIED BY ${quoteText(password)}`);
      await connection.query(`GRANT ALL ON bench.* TO ${account}`);
      if (changesItself) await connection.query(`GRANT CREATE USER ON *.* TO ${account}`);
    }
  });
}

function needed<Program>(provision: Provision<Program>): Program {
  if ('there' in provision) return provision.there;
  throw new Error(provision.missing);
}

/** Whose secrets to make, and how they will be rotated. */
export interface Targets {
  readonly database: Database;
  readonly strategy: StrategyName;
  readonly count: number;
  /** Where the secrets say that the server is. @defaultValue where it is */
  readonly address?: { readonly host: string; readonly port: number };
  /** Told apart from the targets of other calls by this. */
  readonly prefix: string;
}

const parallel = 16;

/** Makes database users and a secret for each, and configures what needs it; returns the secrets' ARNs. */
export async function createTargets(stack: BenchStack, targets: Targets): Promise<string[]> {
  const { database, strategy, count, prefix } = targets;
  const users = Array.from({ length: count }, (_, index) => ({
    username: `${prefix}_${index}`,
    password: randomBytes(24).toString('base64url'),
  }));
  await database.createUsers(users, strategy);
  const superuser = strategy === 'single-user' ? undefined : await storeSuperuser(stack, targets);
  const arns: string[] = [];
  await eachOf(users, async (user) => {
    const masterarn = strategy === 'alternating-users' ? { masterarn: superuser } : {};
    const value = { ...secretOf(targets, user), ...masterarn };
    const secretId = await store(stack, { name: `bench/${user.username}`, value });
    arns.push(secretId);
    if (superuser === undefined || strategy !== 'multiple-credentials') return;
    await stack.client.configure({ secretId, configuration: { strategy, superuserSecretId: superuser } });
  });
  return arns;
}

/** The value of a target's secret. */
export function secretOf({ database, address }: Pick<Targets, 'database' | 'address'>, user: DatabaseUser): object {
  const { engine, host, port, dbname } = database;
  return { engine, host, port, ...address, ...user, dbname, ssl: false };
}

async function storeSuperuser(stack: BenchStack, targets: Targets): Promise<string> {
  return store(stack, { name: `bench/${targets.prefix}`, value: secretOf(targets, targets.database.superuser) });
}

async function store(stack: BenchStack, { name, value }: { name: string; value: object }): Promise<string> {
  const command = new CreateSecretCommand({ Name: name, SecretString: JSON.stringify(value) });
  return (await stack.secretsManager.send(command)).ARN ?? name;
}

/** Does something for each item, some at a time. */
export async function eachOf<Item>(items: readonly Item[], act: (item: Item) => Promise<unknown>): Promise<void> {
  const waiting = [...items];
  const lane = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await act(item);
  };
  await Promise.all(Array.from({ length: parallel }, lane));
}
