import { ConfigurationInvalidError, SignInRefusedError } from '../errors';
import { type ConnectionSecret } from '../secret-value';

/** No credential that the secret holds is accepted. */
export function nobodySignsIn({ host, username }: ConnectionSecret): SignInRefusedError {
  return new SignInRefusedError(
    `The server at ${host} refuses the password of user "${username}" that the secret holds, and no earlier version's ` +
      'is accepted either. Somebody changed it by hand: store the real password in the secret, or set the stored one ' +
      'in the database, and rotate again.',
    { host, username },
  );
}

/** The strategy needs a superuser, and none is named. */
export function superuserMissing(): ConfigurationInvalidError {
  return new ConfigurationInvalidError(
    'The alternating-users strategy needs a superuser. Name the superuser\'s secret in the secret\'s JSON ("masterarn") ' +
      'or in the configuration (superuserSecretId).',
  );
}
