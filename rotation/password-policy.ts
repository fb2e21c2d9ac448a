import { ConfigurationInvalidError } from './errors';

/** What a generated password looks like. The names and defaults are those of AWS's rotation functions. */
export interface PasswordPolicy {
  /** Characters. @defaultValue 32 */
  readonly length: number;
  /** @defaultValue `:/@"'\`, which survives URLs, ini files and shells */
  readonly excludeCharacters: string;
  /** @defaultValue false */
  readonly excludeNumbers: boolean;
  /** @defaultValue false */
  readonly excludePunctuation: boolean;
  /** @defaultValue false */
  readonly excludeUppercase: boolean;
  /** @defaultValue false */
  readonly excludeLowercase: boolean;
  /** @defaultValue true */
  readonly requireEachIncludedType: boolean;
}

const defaults: PasswordPolicy = {
  length: 32,
  excludeCharacters: ':/@"\'\\',
  excludeNumbers: false,
  excludePunctuation: false,
  excludeUppercase: false,
  excludeLowercase: false,
  requireEachIncludedType: true,
};

/** A shorter password could be guessed from the verifier that the server stores. */
const shortest = 16;
/** Every engine takes this many (MySQL without TLS no more than 213). */
const longest = 128;

/** Fills AWS's defaults in. */
export function defaultPasswordPolicy(policy: Partial<PasswordPolicy> = {}): PasswordPolicy {
  return { ...defaults, ...policy };
}

/**
 * The characters of each kind that a policy allows; kinds that it excludes are left out.
 *
 * @throws ConfigurationInvalidError for a policy that no password, or only a weak one, can satisfy.
 */
export function allowedCharacters(policy: PasswordPolicy): readonly string[] {
  const kinds = [
    { excluded: policy.excludeLowercase, characters: 'abcdefghijklmnopqrstuvwxyz' },
    { excluded: policy.excludeUppercase, characters: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ' },
    { excluded: policy.excludeNumbers, characters: '0123456789' },
    { excluded: policy.excludePunctuation, characters: '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~' },
  ];
  const allowed = kinds.filter((kind) => !kind.excluded).map((kind) => withoutExcluded(kind.characters, policy));
  assertSatisfiable(policy, allowed);
  return allowed.filter((characters) => characters !== '');
}

function assertSatisfiable(policy: PasswordPolicy, allowed: readonly string[]): void {
  if (!Number.isInteger(policy.length) || policy.length < shortest || policy.length > longest) {
    throw new ConfigurationInvalidError(`The password policy's length must be ${shortest} to ${longest} characters.`);
  }
  if (new Set(allowed.join('')).size < 10) {
    throw new ConfigurationInvalidError('The password policy leaves fewer than ten characters to choose from.');
  }
  if (policy.requireEachIncludedType && allowed.includes('')) {
    throw new ConfigurationInvalidError('The password policy requires a kind of character that it excludes wholly.');
  }
}

function withoutExcluded(characters: string, { excludeCharacters }: PasswordPolicy): string {
  return Array.from(characters)
    .filter((character) => !excludeCharacters.includes(character))
    .join('');
}
