import { Random } from './random';

/** What is killed. */
export const victims = ['worker 1', 'worker 2', 'PostgreSQL', 'Secrets Manager', 'Temporal'] as const;

/** What is killed. */
export type Victim = (typeof victims)[number];

/** One kill, of one process or of two at the same moment. */
export interface Kill {
  readonly victims: readonly Victim[];
  /** How long it comes after everything runs again: so it falls into any step. */
  readonly pauseMs: number;
  /** How long what was killed stays away. */
  readonly downMs: number;
}

const longestDownMs = 1_500;
/** One kill in so many takes two. */
const oneInIsDouble = 4;

/** How many kills, and how close to each other. */
export interface KillDensity {
  readonly kills: number;
  readonly longestPauseMs: number;
}

/** So many kills: always the same ones for the same seed, and none is spared. */
export function killSchedule(seed: number, { kills, longestPauseMs }: KillDensity): Kill[] {
  const random = new Random(seed);
  let deck: Victim[] = [];
  const draw = (): Victim => {
    if (deck.length === 0) deck = random.shuffled(victims);
    return deck.pop() ?? victims[0];
  };
  return Array.from({ length: kills }, () => {
    const first = draw();
    const isDouble = random.below(oneInIsDouble) === 0;
    return {
      victims: [...new Set(isDouble ? [first, draw()] : [first])],
      pauseMs: random.below(longestPauseMs),
      downMs: random.below(longestDownMs),
    };
  });
}
