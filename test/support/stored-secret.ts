import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  ListSecretVersionIdsCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { type VersionLabels } from '../../rotation/staging-labels';
import { type UserAccount } from '../contracts/database-engine';

/** Which secret it is, and its version before any rotation. */
export interface StoredSecretFacts {
  readonly name: string;
  readonly arn: string;
  readonly firstVersion: string;
}

/** Makes a secret, and tells what it is called from then on. */
export async function createSecret(
  secretsManager: SecretsManagerClient,
  { name, value }: { name: string; value: object },
): Promise<StoredSecretFacts> {
  const command = new CreateSecretCommand({ Name: name, SecretString: JSON.stringify(value) });
  const { ARN: arn = '', VersionId: firstVersion = '' } = await secretsManager.send(command);
  return { name, arn, firstVersion };
}

/** A secret of a database user, as its owner sees it. */
export class StoredSecret {
  readonly name: string;
  readonly arn: string;
  /** The version before any rotation. */
  readonly firstVersion: string;
  readonly #secretsManager: SecretsManagerClient;

  constructor(secretsManager: SecretsManagerClient, facts: StoredSecretFacts) {
    this.#secretsManager = secretsManager;
    this.name = facts.name;
    this.arn = facts.arn;
    this.firstVersion = facts.firstVersion;
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

  /** A version's text; the current one's unless it is named. */
  async text(versionId?: string): Promise<string> {
    const version = versionId === undefined ? { VersionStage: 'AWSCURRENT' } : { VersionId: versionId };
    const answer = await this.#secretsManager.send(new GetSecretValueCommand({ SecretId: this.arn, ...version }));
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

  /** The user and the password that a version holds; the current one unless it is named. */
  async account(versionId?: string): Promise<UserAccount> {
    const { username, password } = await this.value(versionId);
    return { username: String(username), password: String(password) };
  }

  /** Stores a value by hand, as its owner would; AWSCURRENT goes to it. */
  async put(text: string): Promise<string> {
    const command = new PutSecretValueCommand({ SecretId: this.arn, SecretString: text });
    return (await this.#secretsManager.send(command)).VersionId ?? '';
  }
}
