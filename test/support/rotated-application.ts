import { randomBytes, randomUUID } from 'node:crypto';
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { scramVerifier } from '../../adapters/postgres/scram-verifier';
import { Sensitive } from '../../rotation/sensitive';
import { type VersionLabels } from '../../rotation/staging-labels';
import { type PostgresServer } from './postgres-server';

/** Where an application is made. */
export interface ApplicationPlace {
  readonly postgres: PostgresServer;
  readonly secretsManager: SecretsManagerClient;
}

interface Facts {
  readonly name: string;
  readonly arn: string;
  readonly username: string;
  readonly firstPassword: string;
  readonly firstVersion: string;
}

/** A database user whose password a secret holds: what its owner sees, and does by hand. */
export class RotatedApplication {
  readonly name: string;
  readonly arn: string;
  readonly username: string;
  /** The password before any rotation. */
  readonly firstPassword: string;
  /** The version before any rotation. */
  readonly firstVersion: string;
  readonly #place: ApplicationPlace;

  private constructor(place: ApplicationPlace, facts: Facts) {
    this.#place = place;
    this.name = facts.name;
    this.arn = facts.arn;
    this.username = facts.username;
    this.firstPassword = facts.firstPassword;
    this.firstVersion = facts.firstVersion;
  }

  /** Makes the user, without any log seeing its password, and the secret, with other members than usual. */
  static async create(
    place: ApplicationPlace,
    members: Readonly<Record<string, unknown>> = {},
    secretName?: string,
  ): Promise<RotatedApplication> {
    const username = `app_${randomUUID().replaceAll('-', '').slice(0, 12)}`;
    const firstPassword = randomBytes(24).toString('base64url');
    await place.postgres.sql(`CREATE ROLE ${username} LOGIN PASSWORD '${await verifierOf(firstPassword)}'`);
    const { host, port } = place.postgres.address;
    const secret = {
      engine: 'postgres',
      host,
      port,
      username,
      password: firstPassword,
      dbname: 'postgres',
      ssl: false,
    };
    const name = secretName ?? `test/${username}`;
    const created = await place.secretsManager.send(
      new CreateSecretCommand({ Name: name, SecretString: JSON.stringify({ ...secret, ...members }) }),
    );
    const { ARN: arn = '', VersionId: firstVersion = '' } = created;
    return new RotatedApplication(place, { name, arn, username, firstPassword, firstVersion });
  }

  /** What DescribeSecret says. */
  async labels(): Promise<VersionLabels> {
    const described = await this.#place.secretsManager.send(new DescribeSecretCommand({ SecretId: this.arn }));
    return described.VersionIdsToStages ?? {};
  }

  /** The ids of all versions, also of those without a label. */
  async versions(): Promise<string[]> {
    const command = new ListSecretVersionIdsCommand({ SecretId: this.arn, IncludeDeprecated: true });
    const { Versions = [] } = await this.#place.secretsManager.send(command);
    return Versions.map(({ VersionId = '' }) => VersionId);
  }

  /** A version's text; the current one's unless it is named. */
  async text(versionId?: string): Promise<string> {
    const version = versionId === undefined ? { VersionStage: 'AWSCURRENT' } : { VersionId: versionId };
    const answer = await this.#place.secretsManager.send(new GetSecretValueCommand({ SecretId: this.arn, ...version }));
    return answer.SecretString ?? '';
  }

  /** What a version says; the current one unless it is named. */
  async value(versionId?: string): Promise<Record<string, unknown>> {
    return JSON.parse(await this.text(versionId)) as Record<string, unknown>;
  }

  /** The password that a version holds; the current one unless it is named. */
  async password(versionId?: string): Promise<string> {
    return String((await this.value(versionId)).password);
  }

  /** Whether the database lets the user in with this password. */
  accepts(password: string): Promise<boolean> {
    return this.#place.postgres.signsIn({ username: this.username, password });
  }

  /** Whether the database lets in whoever a version names; the current one unless it is named. */
  async signsIn(versionId?: string): Promise<boolean> {
    const { username, password } = await this.value(versionId);
    return this.#place.postgres.signsIn({ username: String(username), password: String(password) });
  }

  /** Stores a value by hand, as its owner would; AWSCURRENT goes to it. */
  async put(text: string): Promise<string> {
    const command = new PutSecretValueCommand({ SecretId: this.arn, SecretString: text });
    return (await this.#place.secretsManager.send(command)).VersionId ?? '';
  }

  /** Changes the password in the database by hand. */
  async setPassword(password: string): Promise<void> {
    await this.#place.postgres.sql(`ALTER ROLE ${this.username} PASSWORD '${await verifierOf(password)}'`);
  }
}

function verifierOf(password: string): Promise<string> {
  return scramVerifier({ password: new Sensitive(password), iterations: 4096 });
}
