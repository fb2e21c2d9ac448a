import {
  type CredentialCheck,
  type DatabaseEngine,
  type PasswordChange,
  type ServerFacts,
  type StraySearch,
  type UserMatch,
  type UserPair,
} from '../../rotation/database-engine';
import {
  AccountBlockedError,
  CannotVerifyError,
  ConfigurationInvalidError,
  SignInRefusedError,
} from '../../rotation/errors';
import { type ConnectionSecret } from '../../rotation/secret-value';
import { type Sensitive } from '../../rotation/sensitive';
import { assertWritable } from './assert-writable';
import { type Dialect, type DualChange } from './dialect';
import { takeTurn } from './end-strays';
import { accountOf, matchAccounts, verifyParity } from './match-accounts';
import { type Mysql2Session, type SessionOptions, withSession } from './mysql2-session';
import { findOwnAccount, tookForNobody } from './own-account';
import { type Account } from './quoting';
import { runProbes } from './run-probes';
import { validateConnection, validateNewPassword, validateUsername } from './validate-connection';

/** How an engine connects. */
export interface Mysql2EngineOptions {
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

/** A session to open, by whom and about whom. */
type SessionFor = Pick<SessionOptions, 'credential' | 'username' | 'stillWanted'>;

/** What engines have in common whose servers the driver speaks to; what each does in its own way is its dialect. */
export class Mysql2Engine<Found extends Account, Facts> implements DatabaseEngine {
  readonly name: string;
  readonly #dialect: Dialect<Found, Facts>;
  readonly #settings: Omit<SessionOptions, keyof SessionFor>;

  constructor(dialect: Dialect<Found, Facts>, options: Mysql2EngineOptions) {
    const { signal, connectTimeoutMs = 5_000, tls = {}, applicationName = 'rotor' } = options;
    this.name = dialect.flavour.engine;
    this.#dialect = dialect;
    this.#settings = { flavour: dialect.flavour, signal, connectTimeoutMs, applicationName, ...tls };
  }

  validate(secret: ConnectionSecret): void {
    validateConnection(secret, this.#dialect.nameRules);
  }

  /** MariaDB admits a user whose password has expired, and tells so to the first statement only. */
  async canSignIn(credential: ConnectionSecret): Promise<boolean> {
    try {
      await this.#inSession({ credential }, findOwnAccount);
      return true;
    } catch (error) {
      if (error instanceof SignInRefusedError) return false;
      throw error;
    }
  }

  async inspect(credential: ConnectionSecret): Promise<ServerFacts> {
    return this.#inSession({ credential }, this.#dialect.readServerFacts);
  }

  /** Sends a hash, and leaves one password: a second one is ended with it. To keep one takes CREATE USER. */
  async changePassword({ signInAs, username, newPassword, alsoKeep, stillWanted }: PasswordChange): Promise<void> {
    const { nameRules, passwords } = this.#dialect;
    validateUsername(username, nameRules);
    validateNewPassword(newPassword, nameRules);
    await this.#inTurn({ credential: signInAs, username, stillWanted }, [username], async (session) => {
      await assertWritable(session);
      const keep = alsoKeep?.equals(newPassword) ? undefined : alsoKeep;
      if (keep) await this.#assertSecondPassword(session);
      const account = await this.#accountToChange(session);
      if (keep) await this.#setTwo(session, { account, newPassword, alsoKeep: keep });
      else await passwords.setOne(session, { account, newPassword });
    });
  }

  /** Rights are replayed, of either user for the other: servers give them by schema, so that what one creates both use. */
  async matchUser({ stillWanted, ...pair }: UserMatch): Promise<{ readonly changed: boolean }> {
    const { nameRules, passwords } = this.#dialect;
    const { original, alternate } = pair;
    this.validate(alternate);
    validateNewPassword(alternate.password, nameRules);
    const users = [original.username, alternate.username];
    return this.#inTurn({ ...sessionAbout(pair), stillWanted }, users, async (session) => {
      await assertWritable(session);
      const { account, wasLike, changed } = await matchAccounts(session, { pair, dialect: this.#dialect });
      const change = { account, newPassword: alternate.password };
      // Only a password that is set is tried, and only for being expired: a wrong one may lock the account.
      if (wasLike && (await passwords.hasOnly(session, change)) && (await this.#isInUse(alternate))) return { changed };

      await passwords.setOne(session, change);
      return { changed: true };
    });
  }

  /** Needs no privilege for what the same user began; for what another began, CONNECTION_ADMIN or SUPER. */
  async endStrays({ signInAs, username }: StraySearch): Promise<void> {
    await this.#inTurn({ credential: signInAs, username }, [username], () => Promise.resolve());
  }

  /** A server that checks passwords tells whose session it is; one that does not knows nobody. */
  async verifyCredential({ credential, probes, parity }: CredentialCheck): Promise<void> {
    await this.#inSession({ credential }, async (session) => {
      if ((await findOwnAccount(session)) === undefined) {
        throw new CannotVerifyError(`${session.server} ${tookForNobody}`, session.idsOf(credential.username));
      }
      if (probes) await runProbes(session, probes);
    });
    if (parity) {
      await this.#inSession(sessionAbout(parity), async (session) => {
        await session.bound();
        await verifyParity(session, { pair: parity, dialect: this.#dialect });
      });
    }
  }

  async #accountToChange(session: Mysql2Session): Promise<Found> {
    const { accounts } = this.#dialect;
    const { username } = session;
    return session.credential.username === username
      ? accounts.readOwn(session)
      : accountOf(session, { accounts, username });
  }

  async #setTwo(session: Mysql2Session, change: DualChange<Found>): Promise<void> {
    const { passwords } = this.#dialect;
    const user = { ...session.credential, username: session.username };
    const works = (password: Sensitive): Promise<boolean> => this.#isInUse({ ...user, password });
    if (!passwords.mayRepeatTwo && (await works(change.newPassword)) && (await works(change.alsoKeep))) return;
    await passwords.setTwo(session, change);
  }

  async #assertSecondPassword(session: Mysql2Session): Promise<void> {
    const { secondPassword } = await this.#dialect.readServerFacts(session);
    if (secondPassword) return;
    throw new ConfigurationInvalidError(
      `${session.server} has one password for a user, before ${this.#dialect.secondPasswordSince}. Use the alternating-users strategy instead.`,
      session.idsOf(session.credential.username),
    );
  }

  /** Whether a user gets by with a password, whatever database it may use. A blocked one does not, nor one let in expired. */
  async #isInUse({ engine, host, port, username, password, tls, ca }: ConnectionSecret): Promise<boolean> {
    const server = { engine, host, tls, ...(port === undefined ? {} : { port }), ...(ca === undefined ? {} : { ca }) };
    try {
      await this.#inSession({ credential: { ...server, username, password } }, findOwnAccount);
      return true;
    } catch (error) {
      if (error instanceof AccountBlockedError || error instanceof SignInRefusedError) return false;
      throw error;
    }
  }

  /** Opens a session that is the only one of Rotor's to change these users. */
  async #inTurn<T>(
    target: SessionFor,
    usernames: readonly string[],
    use: (session: Mysql2Session) => Promise<T>,
  ): Promise<T> {
    return this.#inSession(target, async (session) => {
      await session.bound();
      await takeTurn(session, usernames);
      return use(session);
    });
  }

  async #inSession<T>(target: SessionFor, use: (session: Mysql2Session) => Promise<T>): Promise<T> {
    this.validate(target.credential);
    return withSession({ ...this.#settings, ...target }, use);
  }
}

/** The superuser's session about the alternate user. */
function sessionAbout({ superuser, alternate }: UserPair): SessionFor {
  return { credential: superuser, username: alternate.username };
}
