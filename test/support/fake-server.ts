import { type CredentialCheck, type PasswordChange, type UserPair } from '../../rotation/database-engine';
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
} from '../../rotation/errors';
import { type ConnectionSecret } from '../../rotation/secret-value';

/** Of an address that names none. */
export const defaultPort = 5432;

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

/** One server of a `FakeDatabase`: tests arrange its users and look at them directly. */
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

type Pair = Pick<UserPair, 'original' | 'alternate'>;

/** Whether the server would accept the password. */
export function accepts(
  { users }: FakeServer,
  { username, password }: { username: string; password: string },
): boolean {
  const user = users.get(username);
  return user !== undefined && !user.isBlocked && knows(user, password);
}

/**
 * The user that a credential is.
 *
 * @throws SignInRefusedError, AccountBlockedError, TargetMisconfiguredError, MalformedSecretError
 */
export function signIn(server: FakeServer, credential: ConnectionSecret): FakeUser {
  assertComplete(credential);
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

/** Gives a user a password, as the engine's `changePassword` does. */
export function changePassword(
  server: FakeServer,
  { signInAs, username, newPassword, alsoKeep }: PasswordChange,
): void {
  const ids = { ...idsOf(signInAs), username };
  if (alsoKeep && !server.hasSecondPasswords) {
    throw new ConfigurationInvalidError('The server has no second passwords.', ids);
  }
  const { isSuperuser = false } = signIn(server, signInAs);
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

/** Brings a pair of users to parity, as the engine's `matchUser` does; says whether anything had to be changed. */
export function matchUser(server: FakeServer, { superuser, original, alternate }: UserPair): boolean {
  const { isSuperuser = false } = signIn(server, superuser);
  const ids = { ...idsOf(superuser), username: alternate.username };
  const model = server.users.get(original.username);
  if (!isSuperuser) throw new PermissionMissingError(`GRANT "${superuser.username}" more.`, ids);
  if (!model) throw new TargetMisconfiguredError(`There is no user "${original.username}".`, ids);
  if (model.isSuperuser) throw new TargetMisconfiguredError(`"${original.username}" is a superuser.`, ids);

  const changed = accepts(server, revealed(alternate)) ? isDifferent(server, { original, alternate }) : true;
  bringToParity(server, { original, alternate });
  const user = server.users.get(alternate.username);
  if (!user || accepts(server, revealed(alternate))) return changed;
  assertAllowed(server, { ...ids, ...revealed(alternate) });
  user.password = alternate.password.reveal();
  delete user.secondPassword;
  return true;
}

/** Proves a credential, as the engine's `verifyCredential` does. */
export function verifyCredential(server: FakeServer, { credential, probes = {}, parity }: CredentialCheck): void {
  if (signIn(server, credential).isUnchecked) throw cannotVerify(credential);
  for (const probe of probes.read ?? []) runProbe(server, { probe, credential, allowed: /^SELECT .*FROM (\w+)/ });
  for (const probe of probes.write ?? []) {
    runProbe(server, { probe, credential, allowed: /^(?:INSERT INTO|UPDATE|DELETE FROM) (\w+)/ });
  }
  if (parity && isDifferent(server, parity)) {
    throw new PermissionMissingError(`"${credential.username}" lacks rights.`, idsOf(credential));
  }
}

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

/** @throws MalformedSecretError for a credential that lacks a part. */
export function assertComplete({ host, username, password }: ConnectionSecret): void {
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
