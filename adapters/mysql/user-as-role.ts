import { type Account, quoteAccount } from './mysql-statements';

/** A user whose rights another is to have, and that other. */
export interface SharedRights {
  readonly original: Account;
  readonly alternate: Account;
}

/**
 * Gives one user the rights of another, those granted later among them. Repeating it changes nothing. Limits and the need
 * for TLS do not come along, and dropping the original takes all rights away.
 */
export function grantUserAsRole({ original, alternate }: SharedRights): string {
  return `GRANT ${quoteAccount(original)} TO ${quoteAccount(alternate)}`;
}

/** Makes the rights of {@link grantUserAsRole} active from the start: without it the alternate has none of them. */
export function activateUserAsRole({ original, alternate }: SharedRights): string {
  return `SET DEFAULT ROLE ${quoteAccount(original)} TO ${quoteAccount(alternate)}`;
}
