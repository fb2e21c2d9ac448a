import { ConfigurationInvalidError } from '../../rotation/errors';
import { generatePassword } from '../../rotation/generate-password';
import { allowedCharacters, defaultPasswordPolicy, type PasswordPolicy } from '../../rotation/password-policy';

const kinds = { lowercase: /[a-z]/, uppercase: /[A-Z]/, number: /\d/, punctuation: /[^a-zA-Z0-9]/ };

function passwords(policy: Partial<PasswordPolicy> = {}, count = 200): string[] {
  return Array.from({ length: count }, () => generatePassword(defaultPasswordPolicy(policy)).reveal());
}

describe('a password by AWS’s defaults', () => {
  it('has 32 characters of each of the four kinds', () => {
    for (const password of passwords()) {
      expect(password).toHaveLength(32);
      for (const kind of Object.values(kinds)) expect(password).toMatch(kind);
    }
  });

  it('has printable ASCII without those that URLs and shells trip over', () => {
    expect(passwords().join('')).toMatch(/^[!-~]+$/);
    expect(passwords().join('')).not.toMatch(/[:/@"'\\]/);
  });

  it('is another one each time', () => {
    expect(new Set(passwords({}, 1_000)).size).toBe(1_000);
  });

  it('draws every allowed character about equally often', () => {
    const alphabet = allowedCharacters(defaultPasswordPolicy()).join('');
    const text = passwords({ length: 128, requireEachIncludedType: false }, 2_000).join('');
    const counts = new Map(Array.from(alphabet, (character) => [character, 0]));

    for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);

    const expected = text.length / alphabet.length;
    expect(counts.size).toBe(alphabet.length);
    for (const count of counts.values()) expect(Math.abs(count / expected - 1)).toBeLessThan(0.15);
  });

  it('puts each kind into every place', () => {
    const drawn = passwords({ length: 16 }, 1_000);

    for (const kind of Object.values(kinds)) {
      const places = Array.from({ length: 16 }, (_, place) =>
        drawn.some((password) => kind.test(password.charAt(place))),
      );
      expect(places).not.toContain(false);
    }
  });
});

describe('a password by a policy', () => {
  it.each([16, 20, 128])('has the length %i', (length) => {
    expect(passwords({ length }, 1)[0]).toHaveLength(length);
  });

  it.each([
    ['excludeLowercase', kinds.lowercase],
    ['excludeUppercase', kinds.uppercase],
    ['excludeNumbers', kinds.number],
    ['excludePunctuation', kinds.punctuation],
  ] as const)('leaves out what %s names, and has each of the other kinds', (option, excluded) => {
    for (const password of passwords({ [option]: true })) {
      expect(password).not.toMatch(excluded);
      for (const kind of Object.values(kinds)) if (kind !== excluded) expect(password).toMatch(kind);
    }
  });

  it('leaves out the characters that it excludes, in place of the default ones', () => {
    const text = passwords({ excludeCharacters: 'aB3$' }, 500).join('');

    expect(text).not.toMatch(/[aB3$]/);
    expect(text).toMatch(/[:/@"'\\]/);
  });

  it('has one of each kind even where a kind has one character left', () => {
    const policy = { length: 16, excludeCharacters: '012345678' };

    for (const password of passwords(policy)) expect(password).toContain('9');
  });

  it('may lack a kind where none is required', () => {
    const policy = { length: 16, requireEachIncludedType: false };

    expect(passwords(policy, 500).some((password) => !kinds.number.test(password))).toBe(true);
  });

  it('may have no character of a kind that it excludes character by character, where none is required', () => {
    const policy = { excludeCharacters: '0123456789', requireEachIncludedType: false };

    expect(passwords(policy).join('')).not.toMatch(kinds.number);
  });
});

describe('a policy that is refused', () => {
  const everyKind = { excludeLowercase: true, excludeUppercase: true, excludeNumbers: true, excludePunctuation: true };

  it.each<[string, Partial<PasswordPolicy>]>([
    ['asks for a short password', { length: 15 }],
    ['asks for a longer password than engines take', { length: 129 }],
    ['asks for half a character', { length: 20.5 }],
    ['asks for no number of characters', { length: Number.NaN }],
    ['excludes every kind', everyKind],
    ['leaves a handful of characters', { ...everyKind, excludeNumbers: false, excludeCharacters: '0' }],
    ['requires a kind that it excludes character by character', { excludeCharacters: '0123456789' }],
  ])('%s', (_, policy) => {
    expect(() => generatePassword(defaultPasswordPolicy(policy))).toThrow(ConfigurationInvalidError);
  });

  it('is told apart from one that leaves just enough', () => {
    expect(passwords({ ...everyKind, excludeNumbers: false }, 1)[0]).toMatch(/^\d{32}$/);
  });
});
