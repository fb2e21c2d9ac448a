import { isAbsolute } from 'node:path';
import { MalformedSecretError, PasswordRejectedError } from '../../rotation/errors';
import { type ConnectionSecret } from '../../rotation/secret-value';
import { type Sensitive } from '../../rotation/sensitive';

const maxDatabaseCharacters = 64;

/** What one kind of server takes for a user's name and for a password. */
export interface NameRules {
  /** As its makers write it, for messages. */
  readonly product: string;
  readonly maxUsernameCharacters: number;
  /** @defaultValue any number */
  readonly maxPasswordBytes?: number;
  /** What a name may not be beside too long, and how to tell so. */
  readonly refusedNames: readonly { readonly pattern: RegExp; readonly message: string }[];
}

/**
 * Checks without a connection that the server can take the secret as it stands.
 *
 * @throws MalformedSecretError
 */
export function validateConnection(
  { host, port, username, password, dbname }: ConnectionSecret,
  rules: NameRules,
): void {
  validateHost(host);
  validatePort(port);
  validateUsername(username, rules);
  if (dbname !== undefined) validateName(dbname, { key: 'dbname', maxCharacters: maxDatabaseCharacters, ...rules });
  validateText('password', password.reveal());
}

/**
 * Checks that the name can be a user's.
 *
 * @throws MalformedSecretError
 */
export function validateUsername(username: string, rules: NameRules): void {
  validateName(username, { key: 'username', maxCharacters: rules.maxUsernameCharacters, ...rules });
  if (/^'.*'$/s.test(username)) {
    throw new MalformedSecretError(
      `The username is in single quotes, without which ${rules.product} would sign another user in. Name the user without them.`,
    );
  }
  for (const { pattern, message } of rules.refusedNames) {
    if (pattern.test(username)) throw new MalformedSecretError(message);
  }
}

/**
 * Checks that a password set here means the same to every client, whatever character set it speaks.
 *
 * @throws PasswordRejectedError
 */
export function validateNewPassword(password: Sensitive, { maxPasswordBytes = Infinity }: NameRules): void {
  const text = password.reveal();
  if (!/^[\x01-\x7f]+$/.test(text) || text.length > maxPasswordBytes) {
    throw new PasswordRejectedError(
      'The new password is empty, longer than the server takes, or holds NUL or characters outside ASCII. Rotor does not set such a one.',
    );
  }
}

function validateHost(host: string): void {
  validateText('host', host);
  if (isAbsolute(host)) {
    throw new MalformedSecretError('The host is the path of a socket. Rotor signs in over TCP: name a host.');
  }
}

function validatePort(port: number | undefined): void {
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    throw new MalformedSecretError('The port is not a number from 1 to 65535. Correct it.');
  }
}

interface NameLimit {
  readonly key: 'username' | 'dbname';
  readonly maxCharacters: number;
  readonly product: string;
}

function validateName(name: string, { key, maxCharacters, product }: NameLimit): void {
  validateText(key, name);
  const characters = Array.from(name).length;
  if (characters > maxCharacters) {
    throw new MalformedSecretError(
      `The ${key} "${name}" has ${characters} characters. ${product} takes at most ${maxCharacters}. Shorten it.`,
    );
  }
}

function validateText(key: string, text: string): void {
  if (text === '' || text.includes('\0')) {
    throw new MalformedSecretError(`The ${key} is empty or holds NUL. Correct it.`);
  }
}
