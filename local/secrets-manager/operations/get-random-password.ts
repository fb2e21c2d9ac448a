import { type InputOf, shared } from '../service/members';
import { operation } from '../service/operation';
import { invalidParameter } from '../service/service-error';

const members = {
  PasswordLength: { kind: 'integer', min: 1, max: 4096 },
  ExcludeCharacters: { kind: 'text', max: 4096 },
  ExcludeNumbers: shared.flag,
  ExcludePunctuation: shared.flag,
  ExcludeUppercase: shared.flag,
  ExcludeLowercase: shared.flag,
  IncludeSpace: shared.flag,
  RequireEachIncludedType: shared.flag,
} as const;

type Random = (below: number) => number;

/** Makes a password out of the character classes that are not excluded. */
export const getRandomPassword = operation({
  name: 'GetRandomPassword',
  isRead: true,
  members,
  rule({ random }, input) {
    const { PasswordLength: length = 32, RequireEachIncludedType: requireEach = true } = input;
    const classes = includedClasses(input);
    const alphabet = classes.join('') + (input.IncludeSpace === true ? allowed(input, ' ') : '');
    if (alphabet === '') throw invalidParameter('Every character is excluded from the password.');
    if (requireEach && length < classes.length) {
      throw invalidParameter('The password length is too short based on the required types.');
    }
    const required = requireEach ? classes.map((characters) => pick(characters, random)) : [];
    const rest = Array.from({ length: length - required.length }, () => pick(alphabet, random));
    return { response: { RandomPassword: shuffle([...required, ...rest], random).join('') } };
  },
});

/** The classes with at least one character left. */
function includedClasses(input: InputOf<typeof members>): string[] {
  const classes = [
    input.ExcludeUppercase === true ? '' : 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    input.ExcludeLowercase === true ? '' : 'abcdefghijklmnopqrstuvwxyz',
    input.ExcludeNumbers === true ? '' : '0123456789',
    input.ExcludePunctuation === true ? '' : '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
  ];
  return classes.map((characters) => allowed(input, characters)).filter((characters) => characters !== '');
}

function allowed({ ExcludeCharacters: excluded = '' }: InputOf<typeof members>, characters: string): string {
  return Array.from(characters, (character) => (excluded.includes(character) ? '' : character)).join('');
}

function pick(characters: string, random: Random): string {
  return characters.charAt(random(characters.length));
}

/** Fisher and Yates: every order is equally likely. */
function shuffle(items: readonly string[], random: Random): string[] {
  const shuffled: string[] = [];
  for (const item of items) {
    const place = random(shuffled.length + 1);
    const moved = shuffled[place];
    if (moved !== undefined) shuffled.push(moved);
    shuffled[place] = item;
  }
  return shuffled;
}
