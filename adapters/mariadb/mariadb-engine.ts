import {
  type CredentialCheck,
  type DatabaseEngine,
  type PasswordChange,
  type ServerFacts,
  type UserPair,
} from '../../rotation/database-engine';
import {
  AccountBlockedError,
  CannotVerifyError,
  ConfigurationInvalidError,
  SignInRefusedError,
} from '../../rotation/errors';
import { type ConnectionSecret } from '../../rotation/secret-value';
import { accountOf, ownAccount, ownPasswordAccount, type Target, tookForNobody } from './mariadb-account';
import { changeOwnPassword, changePasswordOf, setTwoPasswords } from './mariadb-password';
import { type MariadbSession, type SessionOptions, withSession } from './mariadb-session';
import { matchAccounts, verifyParity } from './match-accounts';
import { defaultPort } from './mysql2-client';
import { runProbes } from './run-probes';
import { readServerFacts } from './server-facts';
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

  async inspect(credential: ConnectionSecret): Promise<ServerFacts> {
    return this.#inSession({ credential }, readServerFacts);
  }

  /**
   * Sends a hash, and leaves one password: a second one that the user has is ended, which needs CREATE USER, or the change
   * is refused. To keep one beside the new one takes CREATE USER as well.
   */
  async changePassword(change: PasswordChange): Promise<void> {
    const { signInAs, username, newPassword, alsoKeep } = change;
    validateUsername(username);
    validateNewPassword(newPassword);
    if (alsoKeep && !alsoKeep.equals(newPassword)) return this.#keepOne({ ...change, alsoKeep });
    await this.#inSession({ credential: signInAs, username }, async (session) => {
      await session.bound();
      if (signInAs.username === username) {
        await changeOwnPassword(session, { account: await ownPasswordAccount(session, signInAs), newPassword });
      } else {
        await changePasswordOf(session, { account: await accountOf(session, { ...signInAs, username }), newPassword });
      }
    });
  }

  /** A server that checks passwords tells whose session it is; one that does not knows nobody. */
  async verifyCredential({ credential, probes, parity }: CredentialCheck): Promise<void> {
    await this.#inSession({ credential }, async (session) => {
      if ((await ownAccount(session, credential)) === undefined) throw acceptsAnything(credential);
      if (probes) await runProbes(session, { probes, target: credential });
    });
    if (parity) {
      await this.#inSession(sessionAbout(parity), async (session) => {
        await session.bound();
        await verifyParity(session, parity);
      });
    }
  }

  /** Rights are replayed, of either user for the other: MariaDB gives them by schema, so that what one creates both use. */
  async matchUser(pair: UserPair): Promise<{ readonly changed: boolean }> {
    const { superuser, alternate } = pair;
    this.validate(alternate);
    validateNewPassword(alternate.password);
    return this.#inSession(sessionAbout(pair), async (session) => {
      await session.bound();
      const { changed } = await matchAccounts(session, pair);
      if (await this.#isInUse(alternate)) return { changed };

      const account = await accountOf(session, { ...superuser, username: alternate.username });
      await changePasswordOf(session, { account, newPassword: alternate.password });
      return { changed: true };
    });
  }

  async #keepOne({ signInAs, username, newPassword, alsoKeep }: Required<PasswordChange>): Promise<void> {
    await this.#inSession({ credential: signInAs, username }, async (session) => {
      await session.bound();
      if (!(await readServerFacts(session)).secondPassword) throw noSecondPassword(signInAs);
      const isOwn = signInAs.username === username;
      const account = isOwn
        ? await ownPasswordAccount(session, signInAs)
        : await accountOf(session, { ...signInAs, username });
      await setTwoPasswords(session, { account, newPassword, alsoKeep });
    });
  }

  /** Whether a user gets by with a password, whatever database it may use. A blocked one does not, nor one let in expired. */
  async #isInUse({ engine, host, port, username, password, tls, ca }: ConnectionSecret): Promise<boolean> {
    const server = { engine, host, tls, ...(port === undefined ? {} : { port }), ...(ca === undefined ? {} : { ca }) };
    try {
      const credential = { ...server, username, password };
      await this.#inSession({ credential }, (session) => ownAccount(session, credential));
      return true;
    } catch (error) {
      if (error instanceof AccountBlockedError || error instanceof SignInRefusedError) return false;
      throw error;
    }
  }

  async #inSession<T>(
    target: Pick<SessionOptions, 'credential' | 'username'>,
    use: (session: MariadbSession) => Promise<T>,
  ): Promise<T> {
    this.validate(target.credential);
    return withSession({ ...this.#settings, ...target }, use);
  }
}

/** The superuser's session about the alternate user. */
function sessionAbout({ superuser, alternate }: UserPair): Pick<SessionOptions, 'credential' | 'username'> {
  return { credential: superuser, username: alternate.username };
}

function noSecondPassword({ host, port = defaultPort, username }: Target): ConfigurationInvalidError {
  return new ConfigurationInvalidError(
    `${host}:${port} has one password for a user, before MariaDB 10.4. Use the alternating-users strategy instead.`,
    { engine: 'mariadb', host, port, username },
  );
}

function acceptsAnything({ host, port = defaultPort, username }: Target): CannotVerifyError {
  return new CannotVerifyError(`${host}:${port} ${tookForNobody}`, { engine: 'mariadb', host, port, username });
}
