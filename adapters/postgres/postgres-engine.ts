import { randomBytes } from 'node:crypto';
import {
  type CredentialCheck,
  type DatabaseEngine,
  type PasswordChange,
  type ServerFacts,
  type StraySearch,
  type TlsSettings,
  type UserMatch,
} from '../../rotation/database-engine';
import { CannotVerifyError, ConfigurationInvalidError, SignInRefusedError } from '../../rotation/errors';
import { type ConnectionSecret } from '../../rotation/secret-value';
import { Sensitive } from '../../rotation/sensitive';
import { assertDirect, assertSessionUser } from './assert-session';
import { changerOf, endStrays } from './end-strays';
import { matchRoles } from './match-roles';
import { defaultDatabase, defaultPort } from './pg-client';
import { type PostgresSession, type SessionOptions, withSession } from './postgres-session';
import { readBackend, readServerId, readSessionUser, readSystemUser, type SessionFacts } from './postgres-statements';
import { runProbes } from './run-probes';
import { setRolePassword } from './set-role-password';
import { validateConnection, validateNewPassword, validateUsername } from './validate-connection';
import { type ParityCheck, verifyParity } from './verify-parity';

/** How a {@link PostgresEngine} connects. */
export interface PostgresEngineOptions {
  /**
   * Ends connecting and waiting, with the signal's reason. A change that was sent is waited for all the same: the
   * server's own limits bound it.
   */
  readonly signal?: AbortSignal;
  /** How long to wait for the sign-in, and then for each answer that comes before a change. @defaultValue 5000 */
  readonly connectTimeoutMs?: number;
  /** What to trust where a credential names no authority of its own. */
  readonly tls?: TlsSettings;
}

type Target = Pick<ConnectionSecret, 'host' | 'port' | 'username'>;
type UserFacts = Pick<SessionFacts, 'backendPid' | 'sessionUser' | 'currentUser'>;
type SessionTarget = Pick<SessionOptions, 'credential' | 'role'> & Partial<Pick<SessionOptions, 'applicationName'>>;

/** PostgreSQL 14 to 18, and what speaks its protocol and knows SCRAM-SHA-256. */
export class PostgresEngine implements DatabaseEngine {
  readonly name = 'postgres';
  readonly #settings: Omit<SessionOptions, 'credential'>;

  constructor({ signal, connectTimeoutMs = 5_000, tls = {} }: PostgresEngineOptions = {}) {
    this.#settings = { signal, connectTimeoutMs, applicationName: 'rotor', ...tls };
  }

  validate(secret: ConnectionSecret): void {
    validateConnection(secret);
    validateUsername(secret.username);
  }

  async canSignIn(credential: ConnectionSecret): Promise<boolean> {
    try {
      await this.#inSession({ credential }, async (session) => {
        assertDirect(session, await session.read<Pick<SessionFacts, 'backendPid'>>(readBackend), credential);
      });
      return true;
    } catch (error) {
      if (error instanceof SignInRefusedError) return false;
      throw error;
    }
  }

  async inspect(credential: ConnectionSecret): Promise<ServerFacts> {
    return this.#inSession({ credential }, async (session) => {
      const facts = await session.read<Pick<ServerFacts, 'serverId'> & Pick<SessionFacts, 'backendPid'>>(readServerId);
      assertDirect(session, facts, credential);
      return { serverId: facts.serverId, secondPassword: false };
    });
  }

  async changePassword({ alsoKeep, ...change }: PasswordChange): Promise<void> {
    const { signInAs, username, newPassword } = change;
    if (alsoKeep) throw noSecondPassword(signInAs);
    validateUsername(username);
    validateNewPassword(newPassword);
    await this.#inSession(changing(username, signInAs), (session) => setRolePassword(session, change));
  }

  async matchUser(match: UserMatch): Promise<{ readonly changed: boolean }> {
    const { superuser, original, alternate, ...asked } = match;
    const { username, password: newPassword } = alternate;
    this.validate(alternate);
    validateNewPassword(newPassword);
    const signInAs = inDatabaseOf(original, superuser);
    return this.#inSession(changing(username, signInAs), async (session) => {
      const changed = await matchRoles(session, match);
      if (await this.canSignIn(alternate)) return { changed };

      await setRolePassword(session, { signInAs, username, newPassword, ...asked });
      return { changed: true };
    });
  }

  async endStrays(search: StraySearch): Promise<void> {
    const { signInAs, username } = search;
    validateUsername(username);
    await this.#inSession({ credential: signInAs, role: username }, (session) =>
      endStrays(session, { ...search, reading: readBackend }),
    );
  }

  /**
   * A completed SCRAM exchange is the proof, in one connection: the server had to know the verifier. Else PostgreSQL 16
   * and later tell the method, and where a password was sent but the method is not told, a second sign-in with a wrong
   * password must be refused. A standby is as good as a primary here.
   */
  async verifyCredential({ credential, probes, parity }: CredentialCheck): Promise<void> {
    const { isProved, actsAs } = await this.#inSession({ credential }, async (session) => {
      const facts = await session.read<UserFacts>(readSessionUser);
      assertDirect(session, facts, credential);
      assertSessionUser(facts, credential);
      const proof = await provesPassword(session, credential);
      if (probes) await runProbes(session, { probes, role: facts.currentUser });
      return { isProved: proof, actsAs: facts.currentUser };
    });
    if (!isProved) await this.#assertWrongPasswordRefused(credential);
    if (parity) await this.#verifyParity({ parity, actsAs });
  }

  async #verifyParity(check: ParityCheck): Promise<void> {
    const { superuser, original, alternate } = check.parity;
    const credential = inDatabaseOf(original, superuser);
    await this.#inSession({ credential, role: alternate.username }, (session) => verifyParity(session, check));
  }

  async #assertWrongPasswordRefused(credential: ConnectionSecret): Promise<void> {
    const password = new Sensitive(randomBytes(24).toString('base64url'));
    if (await this.canSignIn({ ...credential, password })) throw acceptsAnything(credential);
  }

  async #inSession<T>(target: SessionTarget, use: (session: PostgresSession) => Promise<T>): Promise<T> {
    this.validate(target.credential);
    return withSession({ ...this.#settings, ...target }, use);
  }
}

/** A session that changes a user is known by that user, so that a later one can end it. */
function changing(username: string, credential: ConnectionSecret): SessionTarget {
  return { credential, role: username, applicationName: changerOf(username) };
}

/** Rights on tables are a database's own: the secret's is the one that counts. */
function inDatabaseOf({ dbname = defaultDatabase }: ConnectionSecret, superuser: ConnectionSecret): ConnectionSecret {
  return { ...superuser, dbname };
}

function noSecondPassword({ host, port = defaultPort, username }: Target): ConfigurationInvalidError {
  return new ConfigurationInvalidError(
    `PostgreSQL at ${host}:${port} has one password for a user: there is none to keep beside the new one. ` +
      'Use the alternating-users strategy instead.',
    { engine: 'postgres', host, port, username },
  );
}

/** Whether the server has shown that it checked the password, without being asked again. */
async function provesPassword(session: PostgresSession, credential: Target): Promise<boolean> {
  if (session.challenge === 'none') throw acceptsAnything(credential);
  if (session.challenge === 'md5') return (await authenticationMethod(session)) === 'md5';
  return session.challenge === 'scram';
}

async function authenticationMethod(session: PostgresSession): Promise<string | undefined> {
  const row = await session.readIfKnown<{ systemUser: string | null }>(readSystemUser);
  return row?.systemUser?.split(':', 1)[0];
}

function acceptsAnything({ host, port = defaultPort, username }: Target): CannotVerifyError {
  return new CannotVerifyError(
    `${host}:${port} lets user "${username}" in without checking the password ` +
      '(a line such as "trust" in pg_hba.conf). Use scram-sha-256 there.',
    { engine: 'postgres', host, port, username },
  );
}
