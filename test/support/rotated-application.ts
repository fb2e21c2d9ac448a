import { randomBytes, randomUUID } from 'node:crypto';
import { type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { scramVerifier } from '../../adapters/postgres/scram-verifier';
import { Sensitive } from '../../rotation/sensitive';
import { type PostgresServer } from './postgres-server';
import { createSecret, StoredSecret, type StoredSecretFacts } from './stored-secret';

/** Where an application is made. */
export interface ApplicationPlace {
  readonly postgres: PostgresServer;
  readonly secretsManager: SecretsManagerClient;
}

interface Facts extends StoredSecretFacts {
  readonly username: string;
  readonly firstPassword: string;
}

/** A database user whose password a secret holds: what its owner sees, and does by hand. */
export class RotatedApplication extends StoredSecret {
  readonly username: string;
  /** The password before any rotation. */
  readonly firstPassword: string;
  readonly #place: ApplicationPlace;

  private constructor(place: ApplicationPlace, facts: Facts) {
    super(place.secretsManager, facts);
    this.#place = place;
    this.username = facts.username;
    this.firstPassword = facts.firstPassword;
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
    const facts = await createSecret(place.secretsManager, { name, value: { ...secret, ...members } });
    return new RotatedApplication(place, { ...facts, username, firstPassword });
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

  /** Changes the password in the database by hand. */
  async setPassword(password: string): Promise<void> {
    await this.#place.postgres.sql(`ALTER ROLE ${this.username} PASSWORD '${await verifierOf(password)}'`);
  }
}

function verifierOf(password: string): Promise<string> {
  return scramVerifier({ password: new Sensitive(password), iterations: 4096 });
}
