import { createHash } from 'node:crypto';
import { ServiceError } from './service-error';

/** What a list call asks for. */
export interface PageRequest<Item> {
  readonly items: readonly Item[];
  /** A key that no other item has and that stays with the item. */
  readonly keyOf: (item: Item) => string;
  readonly size: number;
  readonly nextToken?: string | undefined;
  /** Everything of the request that a following page must repeat. */
  readonly request: unknown;
}

/** One page, and the token of the one after it. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextToken?: string | undefined;
}

/**
 * Cuts a page out of a list. A token names the last item handed out, so items that come or go between two calls do not
 * shift the pages; only where that item itself is gone does its place count.
 *
 * @throws ServiceError `InvalidNextTokenException` for a token that is none, or of another request.
 */
export function cutPage<Item>({ items, keyOf, size, nextToken, request }: PageRequest<Item>): Page<Item> {
  const seal = createHash('sha256').update(JSON.stringify(request)).digest('base64url');
  const start = nextToken === undefined ? 0 : startAfter(items.map(keyOf), { nextToken, seal });
  const end = start + size;
  const last = items[end - 1];
  if (last === undefined || end >= items.length) return { items: items.slice(start) };
  return { items: items.slice(start, end), nextToken: encode([seal, keyOf(last), end]) };
}

function startAfter(keys: readonly string[], { nextToken, seal }: { nextToken: string; seal: string }): number {
  const [tokenSeal, lastKey, place] = decode(nextToken);
  if (tokenSeal !== seal || typeof lastKey !== 'string' || typeof place !== 'number') {
    throw new ServiceError('InvalidNextTokenException', 'The NextToken value is not valid.');
  }
  const index = keys.indexOf(lastKey);
  return index === -1 ? place - 1 : index + 1;
}

function encode(token: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

function decode(token: string): readonly unknown[] {
  try {
    const decoded: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    return Array.isArray(decoded) ? decoded : [];
  } catch {
    return [];
  }
}
