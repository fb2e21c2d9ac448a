import { randomBytes, randomUUID } from 'node:crypto';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { type VersionLabels } from '../../rotation/staging-labels';
import { type OwnSqlServer, quoteName, quoteText } from './servers/sql-server';

interface Facts {
  readonly arn: string;
  readonly username: string;
  readonly firstPassword: string;
  readonly firstVersion: string;
}

/** A user of MySQL or MariaDB whose password a secret holds: what its owner sees, and does by hand. */
export class SqlApplication {
  readonly arn: string;
  /** As statements name it. */
  readonly account: string;
  readonly firstVersion: string;
  readonly #username: string;
  readonly #firstPassword: string;
  readonly #server: OwnSqlServer;
  readonly #secretsManager: SecretsManagerClient;

  private constructor(server: OwnSqlServer, secretsManager: SecretsManagerClient, facts: Facts) {
    this.#server = server;
    this.#secretsManager = secretsManager;
    this.arn = facts.arn;
    this.account = `${quoteName(facts.username)}@'%'`;
    this.firstVersion = facts.firstVersion;
    this.#username = facts.username;
    this.#firstPassword = facts.firstPassword;
  }

  /** Makes the user and the secret. */
  static async create(server: OwnSqlServer, secretsManager: SecretsManagerClient): Promise<SqlApplication> {
    const username = `app_${randomUUID().replaceAll('-', '').slice(0, 12)}`;
    const firstPassword = randomBytes(24).toString('base64url');
    await server.createUser({ username, password: firstPassword });
    const { engine, host, port } = server.address;
    const text = JSON.stringify({ engine, host, port, username, password: firstPassword, ssl: false });
    const command = new CreateSecretCommand({ Name: `test/${username}`, SecretString: text });
    const { ARN: arn = '', VersionId: firstVersion = '' } = await secretsManager.send(command);
    return new SqlApplication(server, secretsManager, { arn, username, firstPassword, firstVersion });
  }

  /** What DescribeSecret says. */
  async labels(): Promise<VersionLabels> {
    const described = await this.#secretsManager.send(new DescribeSecretCommand({ SecretId: this.arn }));
    return described.VersionIdsToStages ?? {};
  }

  /** The ids of all versions, also of those without a label. */
  async versions(): Promise<string[]> {
    const command = new ListSecretVersionIdsCommand({ SecretId: this.arn, IncludeDeprecated: true });
    const { Versions = [] } = await this.#secretsManager.send(command);
    return Versions.map(({ VersionId = '' }) => VersionId);
  }

  /** Whether the database lets in whoever a version names. */
  async signsIn(versionId = this.firstVersion): Promise<boolean> {
    const command = new GetSecretValueCommand({ SecretId: this.arn, VersionId: versionId });
    const { SecretString = '{}' } = await this.#secretsManager.send(command);
    const { password } = JSON.parse(SecretString) as { password: string };
    return this.#server.signsIn({ username: this.#username, password });
  }

  /** Runs a statement about the user. */
  async alter(what: string): Promise<void> {
    await this.#server.sql(`ALTER USER ${this.account} ${what}`);
  }

  /** Changes the password in the database by hand; by default back to the first one. */
  async setPassword(password = this.#firstPassword): Promise<void> {
    await this.alter(`IDENTIFIED BY ${quoteText(password)}`);
  }
}
