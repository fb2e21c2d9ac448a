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
import { setTwoPasswords } from './dual-password';
import { matchAccounts, verifyParity } from './match-accounts';
import {
  accountOf,
  ownAccount,
  ownPasswordAccount,
  type PasswordAccount,
  type Target,
  tookForNobody,
} from './mysql-account';
import { changeOwnPassword, changePasswordOf } from './mysql-password';
import { type MysqlSession, type SessionOptions, withSession } from './mysql-session';
import { defaultPort } from './mysql2-client';
import { runProbes } from './run-probes';
import { readServerFacts } from './server-facts';
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
  /**
   * Whether a user without CREATE USER may change its own password by the one statement that MySQL leaves it, which holds
   * the password. The server keeps it out of its logs and tables.
   * @defaultValue false: such a user is changed by a superuser only
   */
  readonly passwordInStatement?: boolean;
  /** Told what an operator should know about a change that was made. Holds no secret. */
  readonly onNotice?: (notice: string) => void;
}

/** MySQL 8.0.17 to 9.x, and what speaks its protocol and keeps passwords by `caching_sha2_password`. */
export class MysqlEngine implements DatabaseEngine {
  readonly name = 'mysql';
  readonly #settings: Omit<SessionOptions, 'credential'>;
  readonly #passwordInStatement: boolean;
  readonly #onNotice: (notice: string) => void;

  constructor(options: MysqlEngineOptions = {}) {
    const {
      signal,
      connectTimeoutMs = 5_000,
      tls = {},
      applicationName = 'rotor',
      passwordInStatement = false,
      onNotice,
    } = options;
    this.#settings = { signal, connectTimeoutMs, applicationName, ...tls };
    this.#passwordInStatement = passwordInStatement;
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

  async inspect(credential: ConnectionSecret): Promise<ServerFacts> {
    return this.#inSession({ credential }, readServerFacts);
  }

  /**
   * Sends a hash, which MySQL takes from users with CREATE USER only, also for their own account. A second password left by `RETAIN CURRENT PASSWORD` is ended in the same statement, or told to `onNotice`. To keep one
   * beside the new one takes CREATE USER.
   */
  async changePassword(change: PasswordChange): Promise<void> {
    const { signInAs, username, newPassword, alsoKeep } = change;
    validateUsername(username);
    validateNewPassword(newPassword);
    if (alsoKeep && !alsoKeep.equals(newPassword)) return this.#keepOne({ ...change, alsoKeep });
    await this.#inSession({ credential: signInAs, username }, async (session) => {
      await session.bound();
      if (signInAs.username === username && this.#passwordInStatement) {
        const account = await ownPasswordAccount(session, signInAs);
        const notice = await changeOwnPassword(session, { account, newPassword, currentPassword: signInAs.password });
        if (notice !== undefined) this.#onNotice(notice);
      } else {
        const account = await accountToChange(session, change);
        await changePasswordOf(session, { account, newPassword });
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

  /** Rights are replayed, of either user for the other: MySQL gives them by schema, so that what one creates both use. */
  async matchUser(pair: UserPair): Promise<{ readonly changed: boolean }> {
    const { alternate } = pair;
    this.validate(alternate);
    validateNewPassword(alternate.password);
    return this.#inSession(sessionAbout(pair), async (session) => {
      await session.bound();
      const { account, changed, isOfOtherPlugin } = await matchAccounts(session, pair);
      if (!isOfOtherPlugin && (await this.#isInUse(alternate))) return { changed };

      await changePasswordOf(session, { account, newPassword: alternate.password });
      return { changed: true };
    });
  }

  /** Asks by signing in whether both work already, because then a repetition would end the one to keep. */
  async #keepOne({ signInAs, username, newPassword, alsoKeep }: Required<PasswordChange>): Promise<void> {
    await this.#inSession({ credential: signInAs, username }, async (session) => {
      await session.bound();
      if (!(await readServerFacts(session)).secondPassword) throw noSecondPassword(signInAs);
      const isOwn = signInAs.username === username;
      const account = isOwn
        ? await ownPasswordAccount(session, signInAs)
        : await accountOf(session, { ...signInAs, username });
      const user = { ...signInAs, username };
      if (await this.#isInUse({ ...user, password: newPassword })) {
        if (await this.#isInUse({ ...user, password: alsoKeep })) return;
      }
      await setTwoPasswords(session, { account, newPassword, alsoKeep });
    });
  }

  /** Whether a user signs in with a password, whatever database it may use. A blocked one does not. */
  async #isInUse({ engine, host, port, username, password, tls, ca }: ConnectionSecret): Promise<boolean> {
    const server = { engine, host, tls, ...(port === undefined ? {} : { port }), ...(ca === undefined ? {} : { ca }) };
    try {
      return await this.canSignIn({ ...server, username, password });
    } catch (error) {
      if (error instanceof AccountBlockedError) return false;
      throw error;
    }
  }

  async #inSession<T>(
    target: Pick<SessionOptions, 'credential' | 'username'>,
    use: (session: MysqlSession) => Promise<T>,
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
    `${host}:${port} has one password for a user, before MySQL 8.0.14. Use the alternating-users strategy instead.`,
    { engine: 'mysql', host, port, username },
  );
}

function acceptsAnything({ host, port = defaultPort, username }: Target): CannotVerifyError {
  return new CannotVerifyError(`${host}:${port} ${tookForNobody}`, { engine: 'mysql', host, port, username });
}

function accountToChange(session: MysqlSession, { signInAs, username }: PasswordChange): Promise<PasswordAccount> {
  if (signInAs.username === username) return ownPasswordAccount(session, signInAs);
  return accountOf(session, { ...signInAs, username });
}
