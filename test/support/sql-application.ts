import { randomBytes, randomUUID } from 'node:crypto';
import { type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type OwnSqlServer, quoteName, quoteText } from './servers/sql-server';
import { createSecret, StoredSecret, type StoredSecretFacts } from './stored-secret';

/** Where an application is made. */
export interface SqlPlace {
  readonly server: OwnSqlServer;
  readonly secretsManager: SecretsManagerClient;
}

interface Facts extends StoredSecretFacts {
  readonly username: string;
  readonly firstPassword: string;
}

/** A user of MySQL or MariaDB whose password a secret holds: what its owner sees, and does by hand. */
export class SqlApplication extends StoredSecret {
  readonly username: string;
  /** As statements name it. */
  readonly sqlName: string;
  /** The password before any rotation. */
  readonly firstPassword: string;
  readonly #server: OwnSqlServer;

  private constructor({ server, secretsManager }: SqlPlace, facts: Facts) {
    super(secretsManager, facts);
    this.username = facts.username;
    this.sqlName = `${quoteName(facts.username)}@'%'`;
    this.firstPassword = facts.firstPassword;
    this.#server = server;
  }

  /** Makes the user, and the secret with other members than usual. */
  static async create(place: SqlPlace, members: Readonly<Record<string, unknown>> = {}): Promise<SqlApplication> {
    const username = `app_${randomUUID().replaceAll('-', '').slice(0, 12)}`;
    const firstPassword = randomBytes(24).toString('base64url');
    await place.server.createUser({ username, password: firstPassword });
    const { engine, host, port } = place.server.address;
    const value = { engine, host, port, username, password: firstPassword, ssl: false, ...members };
    const facts = await createSecret(place.secretsManager, { name: `test/${username}`, value });
    return new SqlApplication(place, { ...facts, username, firstPassword });
  }

  /** Whether the database lets the user in with this password. */
  accepts(password: string): Promise<boolean> {
    return this.#server.signsIn({ username: this.username, password });
  }

  /** Whether the database lets in whoever a version names; the current one unless it is named. */
  async signsIn(versionId?: string): Promise<boolean> {
    return this.#server.signsIn(await this.account(versionId));
  }

  /** Runs a statement about the user. */
  async alter(what: string): Promise<void> {
    await this.#server.sql(`ALTER USER ${this.sqlName} ${what}`);
  }

  /** Changes the password in the database by hand; by default back to the first one. */
  async setPassword(password = this.firstPassword): Promise<void> {
    await this.alter(`IDENTIFIED BY ${quoteText(password)}`);
  }
}
