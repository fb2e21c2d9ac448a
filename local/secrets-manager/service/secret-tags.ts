import { type Tag } from './secret';
import { invalidParameter } from './service-error';

const tagLimit = 50;

/** A tag as a request carries it. */
export interface TagInput {
  readonly Key: string;
  readonly Value?: string | undefined;
}

/**
 * The tags with others laid over them; a key keeps its place.
 *
 * @throws ServiceError `InvalidParameterException` for a reserved or repeated key, or more tags than a secret can have.
 */
export function addTags(tags: readonly Tag[], added: readonly TagInput[]): readonly Tag[] {
  const keys = added.map(({ Key }) => Key);
  if (new Set(keys).size < keys.length) throw invalidParameter('A tag key can be given only once in a request.');
  if (keys.some((key) => key.toLowerCase().startsWith('aws:'))) {
    throw invalidParameter('Tag keys that begin with aws: are reserved.');
  }
  const next = new Map(tags.map((tag) => [tag.Key, tag]));
  for (const { Key, Value = '' } of added) next.set(Key, { Key, Value });
  if (next.size > tagLimit) throw invalidParameter(`A secret can have at most ${tagLimit} tags.`);
  return [...next.values()];
}

/** The tags without those of the given keys. Keys that are not there do no harm. */
export function removeTags(tags: readonly Tag[], keys: readonly string[]): readonly Tag[] {
  return tags.filter(({ Key }) => !keys.includes(Key));
}
