import { type DatabaseEngine, type StillWanted } from '../../rotation/database-engine';
import { SignInRefusedError, TargetUnavailableError } from '../../rotation/errors';
import { type ConnectionSecret } from '../../rotation/secret-value';
import {
  accepts,
  assertComplete,
  changePassword,
  defaultPort,
  type FakeServer,
  matchUser,
  signIn,
  verifyCredential,
} from './fake-server';

/** When, seen from a call's effect, something happens to it. */
export type Moment = 'before' | 'after';

/** The members that connect. */
export type ConnectingMember = Exclude<keyof DatabaseEngine, 'name' | 'validate'>;

type Interruption = () => unknown;

/** A call that changes a user: in a session, which others of ours for that user end. */
interface Change {
  readonly username: string;
  readonly stillWanted: StillWanted | undefined;
}

/**
 * Database servers in memory, and the engine that reaches them: it passes the same contract as the adapters.
 *
 * What a test arranges and looks at is synchronous; what a rotation does goes through the port, can be made to fail, and
 * is listed in {@link FakeDatabase.calls}.
 */
export class FakeDatabase {
  /** The members that were called, in order. */
  readonly calls: ConnectingMember[] = [];
  /** How many sign-ins a server has refused. */
  refusals = 0;
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
  accepts(server: FakeServer, user: { username: string; password: string }): boolean {
    return accepts(server, user);
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
      inspect: (credential) =>
        call('inspect', () => {
          const { serverId, hasSecondPasswords } = this.#signIn(credential);
          return { serverId, secondPassword: hasSecondPasswords };
        }),
      matchUser: (match) =>
        call('matchUser', () => ({ changed: this.#on(match.superuser, (server) => matchUser(server, match)) }), {
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
          this.#on(check.credential, (server) => {
            verifyCredential(server, check);
          });
        }),
      changePassword: (change) =>
        call(
          'changePassword',
          () => {
            this.#on(change.signInAs, (server) => {
              changePassword(server, change);
            });
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

  /** What a call does on the server of a credential. */
  #on<Answer>(credential: ConnectionSecret, act: (server: FakeServer) => Answer): Answer {
    try {
      return act(this.#find(credential));
    } catch (error) {
      if (error instanceof SignInRefusedError) this.refusals += 1;
      throw error;
    }
  }

  /** The server that a credential has signed in to. */
  #signIn(credential: ConnectionSecret): FakeServer {
    assertComplete(credential);
    return this.#on(credential, (server) => {
      signIn(server, credential);
      return server;
    });
  }
}
