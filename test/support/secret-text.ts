import { SecretValue, type ConnectionSecret } from '../../rotation/secret-value';
import { Sensitive } from '../../rotation/sensitive';

/** The text of a complete secret; a member that is given as undefined is left out. */
export function secretText(members: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    engine: 'postgres',
    host: 'db.internal',
    port: 5432,
    username: 'app',
    password: 'first-password',
    ...members,
  });
}

/** What such a text says. */
export function connectionSecret(members: Readonly<Record<string, unknown>> = {}): ConnectionSecret {
  return SecretValue.parse(new Sensitive(secretText(members))).connection;
}
