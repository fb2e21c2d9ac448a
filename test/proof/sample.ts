import { createHash, randomInt } from 'node:crypto';
import { type GroundPlan } from './ground/ground';

/** Whether everything is to be proved, however long it takes. */
export const isFull = process.env.ROTOR_PROVE === 'full';

/** Decides which part of everything is a sample: another one in each run, unless it is given. */
const seed = process.env.ROTOR_SEED ?? String(randomInt(2 ** 31));

/** What the name of a suite tells of its sample: by it the same one is made again. */
export function seedOf({ isQuick }: Pick<GroundPlan, 'isQuick'>): string {
  return isFull || isQuick ? '' : `, ROTOR_SEED=${seed}`;
}

/** One in so many of a list, and never none of it: the same ones for the same seed. */
export function sample<Item>(items: readonly Item[], oneIn: number): readonly Item[] {
  const ranked = items.map((item) => ({ item, rank: rankOf(item) })).sort((a, b) => a.rank.localeCompare(b.rank));
  return ranked.slice(0, Math.ceil(items.length / oneIn)).map(({ item }) => item);
}

function rankOf(item: unknown): string {
  return createHash('sha256').update(seed).update(JSON.stringify(item)).digest('hex');
}
