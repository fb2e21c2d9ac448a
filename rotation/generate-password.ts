import { randomInt } from 'node:crypto';
import { allowedCharacters, type PasswordPolicy } from './password-policy';
import { Sensitive } from './sensitive';

/**
 * Makes a password from cryptographic randomness: the one place where Rotor does.
 *
 * Whole passwords are drawn until one satisfies the policy, so that every one that does is equally likely.
 *
 * @throws ConfigurationInvalidError for a policy that cannot be satisfied.
 */
export function generatePassword(policy: PasswordPolicy): Sensitive {
  const kinds = allowedCharacters(policy);
  const alphabet = kinds.join('');
  for (;;) {
    const password = Array.from({ length: policy.length }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
    if (!policy.requireEachIncludedType || kinds.every((kind) => hasOneOf(password, kind))) {
      return new Sensitive(password);
    }
  }
}

function hasOneOf(password: string, characters: string): boolean {
  return Array.from(characters).some((character) => password.includes(character));
}
