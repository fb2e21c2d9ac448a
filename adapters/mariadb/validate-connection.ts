import { isAbsolute } from 'node:path';
import { MalformedSecretError, PasswordRejectedError } from '../../rotation/errors';
import { type ConnectionSecret } from '../../rotation/secret-value';
import { type Sensitive } from '../../rotation/sensitive';
import { maxUsernameCharacters } from './mariadb-statements';

const maxDatabaseCharacters = 64;

/**
 * Checks without a connection that MariaDB can take the secret as it stands.
 *
 * @throws MalformedSecretError
 */
export function validateConnection({ host, port, username, password, dbname }: ConnectionSecret): void {
  validateHost(host);
  validatePort(port);
  validateUsername(username);
  if (dbname !== undefined) validateName('dbname', dbname, maxDatabaseCharacters);
  validateText('password', password.reveal());
}

/**
 * Checks that the name can be a user's: MariaDB keeps names in characters of three bytes at most, and forgets a space at
 * the end when it restarts.
 *
 * @throws MalformedSecretError
 */
export function validateUsername(username: string): void {
  validateName('username', username, maxUsernameCharacters);
  if (/^'.*'$/s.test(username)) {
    throw new MalformedSecretError(
      'The username is in single quotes, without which MariaDB would sign another user in. Name the user without them.',
    );
  }
  if (/[\u{10000}-\u{10ffff}]/u.test(username)) {
    throw new MalformedSecretError('The username holds a character of four bytes, which MariaDB takes in no name.');
  }
  if (username.endsWith(' ')) {
    throw new MalformedSecretError('The username ends with a space, which MariaDB forgets. Name the user without it.');
  }
}

/**
 * Checks that a password set here means the same to every client, whatever character set it speaks.
 *
 * @throws PasswordRejectedError
 */
export function validateNewPassword(password: Sensitive): void {
  if (!/^[\x01-\x7f]+$/.test(password.reveal())) {
    throw new PasswordRejectedError(
      'The new password is empty or holds NUL or characters outside ASCII. Rotor does not set such a one.',
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

function validateName(key: 'username' | 'dbname', name: string, maxCharacters: number): void {
  validateText(key, name);
  const characters = Array.from(name).length;
  if (characters > maxCharacters) {
    throw new MalformedSecretError(
      `The ${key} "${name}" has ${characters} characters. MariaDB takes at most ${maxCharacters}. Shorten it.`,
    );
  }
}

function validateText(key: string, text: string): void {
  if (text === '' || text.includes('\0')) {
    throw new MalformedSecretError(`The ${key} is empty or holds NUL. Correct it.`);
  }
}
