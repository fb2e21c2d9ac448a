import {
  type CredentialCheck,
  type DatabaseEngine,
  type PasswordChange,
  type ServerFacts,
  type StillWanted,
  type UserPair,
} from '../../rotation/database-engine';
import {
  AccountBlockedError,
  CannotVerifyError,
  ConfigurationInvalidError,
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
  /** Accepted beside the other one. */
  secondPassword?: string;
  isSuperuser?: boolean;
  /** May not sign in, whatever the password. */
  isBlocked?: boolean;
  /** Signs in with any password. */
  isUnchecked?: boolean;
  /** Attributes, limits and settings: what a user has beside the tables that it may use. */
  settings?: Readonly<Record<string, string>>;
}

/** One server of a {@link FakeDatabase}: tests arrange its users and look at them directly. */
export interface FakeServer {
  readonly host: string;
  readonly port: number;
  /** Two addresses of one server have the same. */
  readonly serverId: string;
  readonly hasSecondPasswords: boolean;
  readonly databases: Set<string>;
  readonly users: Map<string, FakeUser>;
  /** Each table with the users who may read and write it. */
  readonly tables: Map<string, Set<string>>;
  /** Whether the server's policy refuses the password for the user; none does unless it is set. */
  refusesPassword: (change: { username: string; password: string }) => boolean;
}

type Interruption = () => unknown;

/** A call that changes a user: in a session, which others of ours for that user end. */
interface Change {
  readonly username: string;
  readonly stillWanted: StillWanted | undefined;
}

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
  /** Of each user, the session that changes it: a younger one has ended those before it. */
  readonly #sessions = new Map<string, symbol>();
  readonly #interruptions: { member: ConnectingMember; moment: Moment; interrupt: Interruption }[] = [];

  /** Adds a server with no users and the database `postgres`. */
  addServer({
    host = 'db.internal',
    port = defaultPort,
    serverId = `server ${this.#servers.length + 1}`,
    hasSecondPasswords = false,
  } = {}): FakeServer {
    const server = {
      ...{ host, port, serverId, hasSecondPasswords },
      databases: new Set(['postgres']),
      users: new Map(),
      tables: new Map(),
      refusesPassword: () => false,
    };
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
    return user !== undefined && !user.isBlocked && knows(user, password);
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
    const call = async <Answer>(member: ConnectingMember, effect: () => Answer, change?: Change): Promise<Answer> => {
      this.calls.push(member);
      await this.#interrupt(member, 'before');
      signal?.throwIfAborted();
      if (change) await this.#beginChange(change);
      const answer = effect();
      await this.#interrupt(member, 'after');
      return answer;
    };
    return {
      name: 'fake',
      validate: assertComplete,
      canSignIn: (credential) => call('canSignIn', () => this.#isAccepted(credential)),
      inspect: (credential) => call('inspect', () => this.#inspect(credential)),
      matchUser: (match) =>
        call('matchUser', () => ({ changed: this.#match(match) }), {
          username: match.alternate.username,
          stillWanted: match.stillWanted,
        }),
      endStrays: ({ signInAs, username }) =>
        call('endStrays', () => {
          this.#signIn(signInAs);
          this.#sessions.delete(username);
        }),
      verifyCredential: (check) =>
        call('verifyCredential', () => {
          this.#verify(check);
        }),
      changePassword: (change) =>
        call(
          'changePassword',
          () => {
            this.#change(change);
          },
          { username: change.username, stillWanted: change.stillWanted },
        ),
    };
  }

  async #beginChange({ username, stillWanted }: Change): Promise<void> {
    const session = Symbol(username);
    this.#sessions.set(username, session);
    await stillWanted?.();
    if (this.#sessions.get(username) === session) return;
    throw new TargetUnavailableError('Another session has ended this one.', { username });
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

  #inspect(credential: ConnectionSecret): ServerFacts {
    this.#signIn(credential);
    const { serverId, hasSecondPasswords } = this.#find(credential);
    return { serverId, secondPassword: hasSecondPasswords };
  }

  #signIn(credential: ConnectionSecret): FakeUser {
    assertComplete(credential);
    const server = this.#find(credential);
    const { username, password, dbname = 'postgres' } = credential;
    const user = server.users.get(username);
    const ids = idsOf(credential);
    if (!user || !knows(user, password.reveal())) {
      throw new SignInRefusedError(`The password of "${username}" is refused.`, ids);
    }
    if (user.isBlocked) throw new AccountBlockedError(`"${username}" may not sign in.`, ids);
    if (!server.databases.has(dbname)) throw new TargetMisconfiguredError(`There is no database "${dbname}".`, ids);
    return user;
  }

  #change({ signInAs, username, newPassword, alsoKeep }: PasswordChange): void {
    const server = this.#find(signInAs);
    const ids = { ...idsOf(signInAs), username };
    if (alsoKeep && !server.hasSecondPasswords) {
      throw new ConfigurationInvalidError('The server has no second passwords.', ids);
    }
    const { isSuperuser = false } = this.#signIn(signInAs);
    const user = server.users.get(username);
    if (!isSuperuser && username !== signInAs.username) {
      throw new PermissionMissingError(`"${signInAs.username}" may not change "${username}".`, ids);
    }
    if (!user) throw new TargetMisconfiguredError(`There is no user "${username}".`, ids);
    assertAllowed(server, { ...ids, username, password: newPassword.reveal() });
    user.password = newPassword.reveal();
    delete user.secondPassword;
    if (alsoKeep && !alsoKeep.equals(newPassword)) user.secondPassword = alsoKeep.reveal();
  }

  #match({ superuser, original, alternate }: UserPair): boolean {
    const { isSuperuser = false } = this.#signIn(superuser);
    const server = this.#find(superuser);
    const ids = { ...idsOf(superuser), username: alternate.username };
    const model = server.users.get(original.username);
    if (!isSuperuser) throw new PermissionMissingError(`GRANT "${superuser.username}" more.`, ids);
    if (!model) throw new TargetMisconfiguredError(`There is no user "${original.username}".`, ids);
    if (model.isSuperuser) throw new TargetMisconfiguredError(`"${original.username}" is a superuser.`, ids);

    const changed = this.accepts(server, revealed(alternate)) ? isDifferent(server, { original, alternate }) : true;
    bringToParity(server, { original, alternate });
    const user = server.users.get(alternate.username);
    if (!user || this.accepts(server, revealed(alternate))) return changed;
    assertAllowed(server, { ...ids, ...revealed(alternate) });
    user.password = alternate.password.reveal();
    delete user.secondPassword;
    return true;
  }

  #verify({ credential, probes = {}, parity }: CredentialCheck): void {
    if (this.#signIn(credential).isUnchecked) throw cannotVerify(credential);
    const server = this.#find(credential);
    for (const probe of probes.read ?? []) runProbe(server, { probe, credential, allowed: /^SELECT .*FROM (\w+)/ });
    for (const probe of probes.write ?? []) {
      runProbe(server, { probe, credential, allowed: /^(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)/ });
    }
    if (parity && isDifferent(server, parity)) {
      throw new PermissionMissingError(`"${credential.username}" lacks rights.`, idsOf(credential));
    }
  }
}

type Pair = Pick<UserPair, 'original' | 'alternate'>;

function isDifferent({ users, tables }: FakeServer, { original, alternate }: Pair): boolean {
  const [model, user] = [users.get(original.username), users.get(alternate.username)];
  if (!user || user.isBlocked) return true;
  if (JSON.stringify(model?.settings ?? {}) !== JSON.stringify(user.settings ?? {})) return true;
  return [...tables.values()].some((who) => who.has(original.username) !== who.has(alternate.username));
}

/** What either may use, both may; everything else is the original's. */
function bringToParity({ users, tables }: FakeServer, { original, alternate }: Pair): void {
  const pair = [original.username, alternate.username];
  const user = users.get(alternate.username) ?? { password: '' };
  user.settings = { ...users.get(original.username)?.settings };
  user.isBlocked = false;
  users.set(alternate.username, user);
  for (const who of tables.values()) {
    if (pair.some((username) => who.has(username))) for (const username of pair) who.add(username);
  }
}

function runProbe(
  { tables }: FakeServer,
  { probe, credential, allowed }: { probe: string; credential: ConnectionSecret; allowed: RegExp },
): void {
  const who = tables.get(allowed.exec(probe)?.[1] ?? '');
  if (!who) throw new ConfigurationInvalidError('A probe makes no sense.', idsOf(credential));
  if (!who.has(credential.username)) throw new PermissionMissingError('A probe is not permitted.', idsOf(credential));
}

function assertAllowed(
  server: FakeServer,
  { username, password, ...ids }: FailureIds & { username: string; password: string },
): void {
  if (password === '' || password.includes('\0') || server.refusesPassword({ username, password })) {
    throw new PasswordRejectedError(`The new password of "${username}" is refused.`, { ...ids, username });
  }
}

function knows({ password, secondPassword, isUnchecked = false }: FakeUser, guess: string): boolean {
  return isUnchecked || password === guess || secondPassword === guess;
}

function assertComplete({ host, username, password }: ConnectionSecret): void {
  if (host === '' || username === '' || password.reveal() === '') {
    throw new MalformedSecretError('The host, the username or the password is empty.');
  }
}

function revealed({ username, password }: ConnectionSecret): { username: string; password: string } {
  return { username, password: password.reveal() };
}

function idsOf({ engine, host, port = defaultPort, username }: ConnectionSecret): FailureIds {
  return { engine, host, port, username };
}

function cannotVerify(credential: ConnectionSecret): CannotVerifyError {
  return new CannotVerifyError('The server takes any password.', idsOf(credential));
}
