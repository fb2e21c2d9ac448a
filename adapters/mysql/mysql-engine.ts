import {
  type CredentialCheck,
  type DatabaseEngine,
  type PasswordChange,
  type ServerFacts,
  type UserPair,
} from '../../rotation/database-engine';
import { CannotVerifyError, ConfigurationInvalidError, SignInRefusedError } from '../../rotation/errors';
import { type ConnectionSecret } from '../../rotation/secret-value';
import { accountOf, ownAccount, ownPasswordAccount, type Target, tookForNobody } from './mysql-account';
import { changeOwnPassword, changePasswordOf } from './mysql-password';
import { type MysqlSession, type SessionOptions, withSession } from './mysql-session';
import { defaultPort } from './mysql2-client';
import { validateConnection, validateNewPassword, validateUsername } from './validate-connection';

/** How a {@link MysqlEngine} connects. */
export interface MysqlEngineOptions {
  /**
   * Ends connecting and waiting, with the signal's reason. A change that was sent is waited for all the same: the
   * server's own limits bound it.
   */
  readonly signal?: AbortSignal;
  /** @defaultValue 5000 */
  readonly connectTimeoutMs?: number;
  readonly tls?: {
    /** Authorities to trust instead of Node's own, in PEM. */
    readonly ca?: string;
  };
  /** What the server lists the session as. @defaultValue `rotor` */
  readonly applicationName?: string;
  /** Told what an operator should know about a change that was made. Holds no secret. */
  readonly onNotice?: (notice: string) => void;
}

/** MySQL 8.0.17 to 9.x, and what speaks its protocol and keeps passwords by `caching_sha2_password`. */
export class MysqlEngine implements DatabaseEngine {
  readonly name = 'mysql';
  readonly #settings: Omit<SessionOptions, 'credential'>;
  readonly #onNotice: (notice: string) => void;

  constructor(options: MysqlEngineOptions = {}) {
    const { signal, connectTimeoutMs = 5_000, tls = {}, applicationName = 'rotor', onNotice } = options;
    this.#settings = { signal, connectTimeoutMs, applicationName, ...tls };
    this.#onNotice = onNotice ?? ((): undefined => undefined);
  }

  validate(secret: ConnectionSecret): void {
    validateConnection(secret);
  }

  async canSignIn(credential: ConnectionSecret): Promise<boolean> {
    try {
      await this.#inSession({ credential }, () => Promise.resolve());
      return true;
    } catch (error) {
      if (error instanceof SignInRefusedError) return false;
      throw error;
    }
  }

  /**
   * Sends a hash where the server takes one, which is from users with CREATE USER only. A user without it changes its own
   * password by the one statement that MySQL leaves it, which holds the password: the server keeps that out of its logs.
   * A second password left by `RETAIN CURRENT PASSWORD` is ended in the same statement, or told to `onNotice`.
   */
  async changePassword({ signInAs, username, newPassword, alsoKeep }: PasswordChange): Promise<void> {
    if (alsoKeep) throw onlySingleUser(signInAs);
    validateUsername(username);
    validateNewPassword(newPassword);
    await this.#inSession({ credential: signInAs, username }, async (session) => {
      await session.bound();
      if (signInAs.username === username) {
        const account = await ownPasswordAccount(session, signInAs);
        const notice = await changeOwnPassword(session, { account, newPassword, currentPassword: signInAs.password });
        if (notice !== undefined) this.#onNotice(notice);
      } else {
        await changePasswordOf(session, { account: await accountOf(session, { ...signInAs, username }), newPassword });
      }
    });
  }

  inspect(credential: ConnectionSecret): Promise<ServerFacts> {
    return Promise.reject(onlySingleUser(credential));
  }

  matchUser({ superuser }: UserPair): Promise<{ readonly changed: boolean }> {
    return Promise.reject(onlySingleUser(superuser));
  }

  /** A server that checks passwords tells whose session it is; one that does not knows nobody. */
  async verifyCredential({ credential }: CredentialCheck): Promise<void> {
    await this.#inSession({ credential }, async (session) => {
      if ((await ownAccount(session, credential)) === undefined) throw acceptsAnything(credential);
    });
  }

  async #inSession<T>(
    target: Pick<SessionOptions, 'credential' | 'username'>,
    use: (session: MysqlSession) => Promise<T>,
  ): Promise<T> {
    this.validate(target.credential);
    return withSession({ ...this.#settings, ...target }, use);
  }
}

function acceptsAnything({ host, port = defaultPort, username }: Target): CannotVerifyError {
  return new CannotVerifyError(`${host}:${port} ${tookForNobody}`, { engine: 'mysql', host, port, username });
}

function onlySingleUser({ host, port = defaultPort, username }: Target): ConfigurationInvalidError {
  return new ConfigurationInvalidError('MySQL has the single-user strategy only.', {
    engine: 'mysql',
    host,
    port,
    username,
  });
}
