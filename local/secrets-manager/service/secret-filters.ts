import { type Secret } from './secret';

/** A filter as a request carries it. */
export interface SecretFilter {
  readonly Key: string;
  readonly Values: readonly string[];
}

type Matcher = (secret: Secret, wanted: string) => boolean;

const matchers: Readonly<Record<string, Matcher>> = {
  name: ({ name }, wanted) => name.startsWith(wanted),
  'tag-key': ({ tags = [] }, wanted) => tags.some(({ Key }) => Key.startsWith(wanted)),
  'tag-value': ({ tags = [] }, wanted) => tags.some(({ Value }) => Value.startsWith(wanted)),
  description: ({ description = '' }, wanted) => hasWords([description], wanted),
  'primary-region': () => false,
  'owning-service': () => false,
  all: ({ name, description = '', tags = [] }, wanted) =>
    hasWords([name, description, ...tags.flatMap(({ Key, Value }) => [Key, Value])], wanted),
};

/** Whether a secret passes every filter; within one filter, one value is enough, and `!` before it negates. */
export function passesFilters(secret: Secret, filters: readonly SecretFilter[]): boolean {
  return filters.every(({ Key, Values }) => Values.some((value) => matches(secret, { key: Key, value })));
}

function matches(secret: Secret, { key, value }: { key: string; value: string }): boolean {
  const matcher = matchers[key];
  if (matcher === undefined) return false;
  return value.startsWith('!') ? !matcher(secret, value.slice(1)) : matcher(secret, value);
}

/** Every wanted word begins a word of the texts, whatever the case. */
function hasWords(texts: readonly string[], wanted: string): boolean {
  const words = texts.flatMap(wordsOf);
  return wordsOf(wanted).every((word) => words.some((candidate) => candidate.startsWith(word)));
}

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}
