import { randomBytes } from 'node:crypto';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { escapeIdentifier, escapeLiteral, type Client } from 'pg';
import { type RunningPostgres } from '../postgres';
import { asDatabaseUser } from './as-database-user';

/** The secret of the application that the stack brings along. */
export const demoSecretName = 'demo/app';

/** AWS's JSON for databases, as this application uses it. */
export interface DemoSecret {
  readonly engine: 'postgres';
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  readonly dbname: string;
  /** The stack's PostgreSQL speaks no TLS. */
  readonly ssl: false;
}

/**
 * Makes an application to rotate: a database `demo` with a table, its user `demo_app`, and the secret `demo/app`. Safe
 * to repeat, also after being interrupted: what is there stays, the user's password above all.
 */
export async function createDemoApplication(
  secretsManager: SecretsManagerClient,
  postgres: RunningPostgres,
): Promise<void> {
  const secret = await demoSecret(secretsManager, postgres);
  await asSuperuser(postgres, 'postgres', async (client) => {
    await unlessThere(
      client,
      `SELECT FROM pg_roles WHERE rolname = ${escapeLiteral(secret.username)}`,
      createUser(secret),
    );
    await unlessThere(
      client,
      `SELECT FROM pg_database WHERE datname = ${escapeLiteral(secret.dbname)}`,
      `CREATE DATABASE ${escapeIdentifier(secret.dbname)} OWNER ${escapeIdentifier(secret.username)}`,
    );
  });
  await asSuperuser(postgres, secret.dbname, async (client) => {
    await client.query('CREATE TABLE IF NOT EXISTS visits (id bigserial PRIMARY KEY, at timestamptz DEFAULT now())');
    await client.query(`ALTER TABLE visits OWNER TO ${escapeIdentifier(secret.username)}`);
  });
}

/** The stored secret, made when absent, and pointed at this server when the stack has moved to another port. */
async function demoSecret(secretsManager: SecretsManagerClient, { host, port }: RunningPostgres): Promise<DemoSecret> {
  const stored = await readDemoSecret(secretsManager);
  if (stored?.port === port) return stored;
  const fresh = {
    engine: 'postgres',
    host,
    port,
    username: 'demo_app',
    password: newPassword(),
    dbname: 'demo',
  } as const;
  const secret: DemoSecret = stored ? { ...stored, host, port } : { ...fresh, ssl: false };
  const SecretString = JSON.stringify(secret);
  await (stored
    ? secretsManager.send(new PutSecretValueCommand({ SecretId: demoSecretName, SecretString }))
    : secretsManager.send(new CreateSecretCommand({ Name: demoSecretName, SecretString })));
  return secret;
}

/** What the secret holds now; undefined before the application was made. */
export async function readDemoSecret(secretsManager: SecretsManagerClient): Promise<DemoSecret | undefined> {
  try {
    const { SecretString } = await secretsManager.send(
      new GetSecretValueCommand({ SecretId: demoSecretName, VersionStage: 'AWSCURRENT' }),
    );
    return JSON.parse(SecretString ?? '{}') as DemoSecret;
  } catch (err) {
    if (err instanceof ResourceNotFoundException) return undefined;
    throw err;
  }
}

function newPassword(): string {
  return randomBytes(24).toString('base64url');
}

/** Keeps the statement with the first password out of the server's log, which only a superuser may ask for. */
function createUser({ username, password }: DemoSecret): string {
  return `SET log_statement = 'none'; SET log_min_error_statement = 'panic'; SET log_min_duration_statement = -1;
    CREATE ROLE ${escapeIdentifier(username)} LOGIN PASSWORD ${escapeLiteral(password)}`;
}

async function unlessThere(client: Client, question: string, statement: string): Promise<void> {
  const { rowCount } = await client.query(question);
  if (rowCount === 0) await client.query(statement);
}

function asSuperuser(
  { host, port, superuser }: RunningPostgres,
  dbname: string,
  work: (client: Client) => Promise<void>,
): Promise<void> {
  return asDatabaseUser({ host, port, ...superuser, dbname }, work);
}
