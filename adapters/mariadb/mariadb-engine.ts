import {
  type CredentialCheck,
  type DatabaseEngine,
  type PasswordChange,
  type ServerFacts,
  type UserPair,
} from '../../rotation/database-engine';
import { CannotVerifyError, ConfigurationInvalidError, SignInRefusedError } from '../../rotation/errors';
import { type ConnectionSecret } from '../../rotation/secret-value';
import { accountOf, ownAccount, ownPasswordAccount, type Target, tookForNobody } from './mariadb-account';
import { changeOwnPassword, changePasswordOf } from './mariadb-password';
import { type MariadbSession, type SessionOptions, withSession } from './mariadb-session';
import { defaultPort } from './mysql2-client';
import { validateConnection, validateNewPassword, validateUsername } from './validate-connection';

/** How a {@link MariadbEngine} connects. */
export interface MariadbEngineOptions {
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
}

/** MariaDB 10.4 to 11.8, for users who sign in by `mysql_native_password`: the driver has no `ed25519` and no `parsec`. */
export class MariadbEngine implements DatabaseEngine {
  readonly name = 'mariadb';
  readonly #settings: Omit<SessionOptions, 'credential'>;

  constructor({ signal, connectTimeoutMs = 5_000, tls = {}, applicationName = 'rotor' }: MariadbEngineOptions = {}) {
    this.#settings = { signal, connectTimeoutMs, applicationName, ...tls };
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
   * Sends a hash, and leaves one password: a second one that the user has is ended, which needs CREATE USER, or the change
   * is refused.
   */
  async changePassword({ signInAs, username, newPassword, alsoKeep }: PasswordChange): Promise<void> {
    if (alsoKeep) throw onlySingleUser(signInAs);
    validateUsername(username);
    validateNewPassword(newPassword);
    await this.#inSession({ credential: signInAs, username }, async (session) => {
      await session.bound();
      if (signInAs.username === username) {
        await changeOwnPassword(session, { account: await ownPasswordAccount(session, signInAs), newPassword });
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
    use: (session: MariadbSession) => Promise<T>,
  ): Promise<T> {
    this.validate(target.credential);
    return withSession({ ...this.#settings, ...target }, use);
  }
}

function acceptsAnything({ host, port = defaultPort, username }: Target): CannotVerifyError {
  return new CannotVerifyError(`${host}:${port} ${tookForNobody}`, { engine: 'mariadb', host, port, username });
}

function onlySingleUser({ host, port = defaultPort, username }: Target): ConfigurationInvalidError {
  return new ConfigurationInvalidError('MariaDB has the single-user strategy only.', {
    engine: 'mariadb',
    host,
    port,
    username,
  });
}
