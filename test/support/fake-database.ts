import { type DatabaseEngine, type PasswordChange } from '../../rotation/database-engine';
import {
  AccountBlockedError,
  CannotVerifyError,
  type FailureIds,
  MalformedSecretError,
  PasswordRejectedError,
  PermissionMissingError,
  SignInRefusedError,
  TargetMisconfiguredError,
  TargetUnavailableError,
} from '../../rotation/errors';
import { type ConnectionSecret } from '../../rotation/secret-value';

/** When, seen from a call's effect, something happens to it. */
export type Moment = 'before' | 'after';

/** The members that connect. */
export type ConnectingMember = Exclude<keyof DatabaseEngine, 'name' | 'validate'>;

/** A user of a fake server. What is not given is false. */
export interface FakeUser {
  password: string;
  isSuperuser?: boolean;
  /** May not sign in, whatever the password. */
  isBlocked?: boolean;
  /** Signs in with any password. */
  isUnchecked?: boolean;
}

/** One server of a {@link FakeDatabase}: tests arrange its users and look at them directly. */
export interface FakeServer {
  readonly host: string;
  readonly port: number;
  readonly databases: Set<string>;
  readonly users: Map<string, FakeUser>;
  /** Whether the server's policy refuses the password for the user; none does unless it is set. */
  refusesPassword: (change: { username: string; password: string }) => boolean;
}

type Interruption = () => unknown;

const defaultPort = 5432;

/**
 * Database servers in memory, and the engine that reaches them: it passes the same contract as the adapters.
 *
 * What a test arranges and looks at is synchronous; what a rotation does goes through the port, can be made to fail, and
 * is listed in {@link FakeDatabase.calls}.
 */
export class FakeDatabase {
  /** The members that were called, in order. */
  readonly calls: ConnectingMember[] = [];
  readonly #servers: FakeServer[] = [];
  readonly #interruptions: { member: ConnectingMember; moment: Moment; interrupt: Interruption }[] = [];

  /** Adds a server with no users and the database `postgres`. */
  addServer({ host = 'db.internal', port = defaultPort } = {}): FakeServer {
    const server = { host, port, databases: new Set(['postgres']), users: new Map(), refusesPassword: () => false };
    this.#servers.push(server);
    return server;
  }

  /** Takes a server away: it cannot be reached from now on. */
  removeServer(server: FakeServer): void {
    this.#servers.splice(this.#servers.indexOf(server), 1);
  }

  /** Whether the server would accept the password, asked past the engine. */
  accepts(server: FakeServer, { username, password }: { username: string; password: string }): boolean {
    const user = server.users.get(username);
    return user !== undefined && !user.isBlocked && (user.isUnchecked === true || user.password === password);
  }

  /** Makes the next call of a member fail: before its effect, or after it, as where an answer is lost. */
  failNext(member: ConnectingMember, error: Error, moment: Moment): void {
    this.interruptNext(member, moment, () => {
      throw error;
    });
  }

  /** Lets something happen before or after the effect of the next call of a member. */
  interruptNext(member: ConnectingMember, moment: Moment, interrupt: Interruption): void {
    this.#interruptions.push({ member, moment, interrupt });
  }

  /** An engine for all servers. */
  engine({ signal }: { signal?: AbortSignal } = {}): DatabaseEngine {
    const call = async <Answer>(member: ConnectingMember, effect: () => Answer): Promise<Answer> => {
      this.calls.push(member);
      await this.#interrupt(member, 'before');
      signal?.throwIfAborted();
      const answer = effect();
      await this.#interrupt(member, 'after');
      return answer;
    };
    return {
      name: 'fake',
      validate: assertComplete,
      canSignIn: (credential) => call('canSignIn', () => this.#isAccepted(credential)),
      verifyCredential: (credential) =>
        call('verifyCredential', () => {
          if (this.#signIn(credential).isUnchecked) throw cannotVerify(credential);
        }),
      changePassword: (change) =>
        call('changePassword', () => {
          this.#change(change);
        }),
    };
  }

  async #interrupt(member: ConnectingMember, moment: Moment): Promise<void> {
    const at = this.#interruptions.findIndex((next) => next.member === member && next.moment === moment);
    if (at !== -1) for (const { interrupt } of this.#interruptions.splice(at, 1)) await interrupt();
  }

  #find({ host, port = defaultPort, username }: ConnectionSecret): FakeServer {
    const server = this.#servers.find((candidate) => candidate.host === host && candidate.port === port);
    if (server) return server;
    throw new TargetUnavailableError(`Nothing listens at ${host}:${port}.`, { host, port, username });
  }

  #isAccepted(credential: ConnectionSecret): boolean {
    try {
      this.#signIn(credential);
      return true;
    } catch (error) {
      if (error instanceof SignInRefusedError) return false;
      throw error;
    }
  }

  #signIn(credential: ConnectionSecret): FakeUser {
    assertComplete(credential);
    const server = this.#find(credential);
    const { username, password, dbname = 'postgres' } = credential;
    const user = server.users.get(username);
    const ids = idsOf(credential);
    if (!user || !(user.isUnchecked === true || user.password === password.reveal())) {
      throw new SignInRefusedError(`The password of "${username}" is refused.`, ids);
    }
    if (user.isBlocked) throw new AccountBlockedError(`"${username}" may not sign in.`, ids);
    if (!server.databases.has(dbname)) throw new TargetMisconfiguredError(`There is no database "${dbname}".`, ids);
    return user;
  }

  #change({ signInAs, username, newPassword }: PasswordChange): void {
    const { isSuperuser = false } = this.#signIn(signInAs);
    const server = this.#find(signInAs);
    const user = server.users.get(username);
    const password = newPassword.reveal();
    const ids = { ...idsOf(signInAs), username };
    if (!isSuperuser && username !== signInAs.username) {
      throw new PermissionMissingError(`"${signInAs.username}" may not change "${username}".`, ids);
    }
    if (!user) throw new TargetMisconfiguredError(`There is no user "${username}".`, ids);
    if (password === '' || password.includes('\0') || server.refusesPassword({ username, password })) {
      throw new PasswordRejectedError(`The new password of "${username}" is refused.`, ids);
    }
    user.password = password;
  }
}

function assertComplete({ host, username, password }: ConnectionSecret): void {
  if (host === '' || username === '' || password.reveal() === '') {
    throw new MalformedSecretError('The host, the username or the password is empty.');
  }
}

function idsOf({ engine, host, port = defaultPort, username }: ConnectionSecret): FailureIds {
  return { engine, host, port, username };
}

function cannotVerify(credential: ConnectionSecret): CannotVerifyError {
  return new CannotVerifyError('The server takes any password.', idsOf(credential));
}
