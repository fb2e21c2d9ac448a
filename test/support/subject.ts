import { randomUUID } from 'node:crypto';
import { CreateSecretCommand } from '@aws-sdk/client-secrets-manager';
import { type PostgresServer } from './postgres-server';
import { type RotatedApplication } from './rotated-application';
import { type RotorUnderTest } from './rotor-under-test';

/** The strategies that PostgreSQL can do. */
export const postgresStrategies = ['single-user', 'alternating-users'] as const;

/** What an application of a test is. */
export interface SubjectOptions {
  readonly strategy: (typeof postgresStrategies)[number];
  /** @defaultValue the shared one */
  readonly postgres?: PostgresServer;
  /** Other members of its secret than usual. */
  readonly members?: Readonly<Record<string, unknown>>;
}

/** An application whose secret is rotated by a strategy, which the secret itself says. */
export async function createSubject(
  rotor: RotorUnderTest,
  { strategy, postgres = rotor.postgres, members = {} }: SubjectOptions,
): Promise<RotatedApplication> {
  const own = strategy === 'single-user' ? {} : { masterarn: await storeSuperuser(rotor, postgres) };
  return rotor.createApplication({ ...own, ...members }, postgres);
}

/** Stores the secret of a server's superuser; returns its ARN. */
export async function storeSuperuser(
  rotor: RotorUnderTest,
  { superuser }: Pick<PostgresServer, 'superuser'> = rotor.postgres,
): Promise<string> {
  const { engine, host, port, username, password } = superuser;
  const database = engine === 'postgres' ? { dbname: 'postgres' } : {};
  const secret = { engine, host, port, username, password: password.reveal(), ...database, ssl: false };
  const created = await rotor.secretsManager.send(
    new CreateSecretCommand({ Name: `test/superuser-${randomUUID()}`, SecretString: JSON.stringify(secret) }),
  );
  return created.ARN ?? '';
}
