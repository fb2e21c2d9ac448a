import { isAbsolute } from 'node:path';
import { MalformedSecretError, PasswordRejectedError } from '../../rotation/errors';
import { type ConnectionSecret } from '../../rotation/secret-value';
import { type Sensitive } from '../../rotation/sensitive';
import { maxNameBytes } from './postgres-statements';
import { saslprep } from './saslprep';

/** Names that PostgreSQL gives to no role of ours. */
const reservedName = /^(pg_.*|none|public)$/s;

/**
 * Checks without a connection that PostgreSQL can take the secret as it stands. No field is left empty for the driver,
 * which would then read the environment.
 *
 * @throws MalformedSecretError
 */
export function validateConnection({ host, port, username, password, dbname }: ConnectionSecret): void {
  validateHost(host);
  validatePort(port);
  validateUsername(username);
  if (dbname !== undefined) validateName('dbname', dbname);
  validateText('password', password.reveal());
}

/**
 * Checks that the name can be a role's.
 *
 * @throws MalformedSecretError
 */
export function validateUsername(username: string): void {
  validateName('username', username);
  if (reservedName.test(username)) {
    throw new MalformedSecretError(
      `The username "${username}" is reserved by PostgreSQL. Name the application's user.`,
    );
  }
}

/**
 * Checks that a verifier made here means the same password to every program.
 *
 * @throws PasswordRejectedError
 */
export function validateNewPassword(password: Sensitive): void {
  const text = password.reveal();
  if (text !== '' && !text.includes('\0') && saslprep(text) !== undefined) return;
  throw new PasswordRejectedError(
    'The new password is empty, or holds NUL or characters that programs prepare in different ways (SASLprep). ' +
      'Choose one of ASCII characters.',
  );
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

function validateName(key: 'username' | 'dbname', name: string): void {
  validateText(key, name);
  const bytes = Buffer.byteLength(name);
  if (bytes > maxNameBytes) {
    throw new MalformedSecretError(
      `The ${key} "${name}" has ${bytes} bytes. PostgreSQL cuts names after ${maxNameBytes} bytes, ` +
        'and what is left may be the name of another. Shorten it.',
    );
  }
}

function validateText(key: string, text: string): void {
  if (text === '' || text.includes('\0')) {
    throw new MalformedSecretError(`The ${key} is empty or holds NUL. Correct it.`);
  }
}
